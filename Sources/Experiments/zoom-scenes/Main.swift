// The zoom-scenes command. Not built yet.
// Not here: what it does.

print("zoom-scenes")
