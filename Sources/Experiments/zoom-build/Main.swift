// The zoom-build command. Not built yet.
// Not here: what it does.

print("zoom-build")
