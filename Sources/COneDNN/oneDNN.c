// The library's C interface by name, and one product through it; contracts in COneDNN.h.
#include "COneDNN.h"

#include <stddef.h>

#if __has_include(<oneapi/dnnl/dnnl.h>)
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#if DNNL_VERSION_MAJOR == 2

#define LIBRARY "libdnnl.so.2"

#define EACH_FUNCTION(X)                                                                           \
  X(dnnl_version) X(dnnl_engine_create) X(dnnl_stream_create) X(dnnl_stream_destroy)               \
  X(dnnl_stream_wait) X(dnnl_memory_desc_init_by_strides) X(dnnl_memory_desc_get_size)             \
  X(dnnl_primitive_attr_create) X(dnnl_primitive_attr_destroy)                                     \
  X(dnnl_primitive_attr_set_scratchpad_mode) X(dnnl_primitive_attr_set_post_ops)                   \
  X(dnnl_post_ops_create) X(dnnl_post_ops_append_sum) X(dnnl_post_ops_destroy)                     \
  X(dnnl_matmul_desc_init) X(dnnl_primitive_desc_create) X(dnnl_primitive_desc_destroy)            \
  X(dnnl_primitive_desc_query_md) X(dnnl_primitive_create) X(dnnl_primitive_destroy)               \
  X(dnnl_primitive_execute) X(dnnl_memory_create) X(dnnl_memory_destroy)

#define DECLARE(name) __typeof__(&name) name;
static struct {
  EACH_FUNCTION(DECLARE)
  // Of the OpenMP library behind it, if there is one.
  void (*omp_set_num_threads)(int);
  int (*omp_get_max_threads)(void);
} api;

static const char *missing;
static char version[32] = "none";
static dnnl_engine_t engine;

static void load(void) {
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    missing = "oneDNN (" LIBRARY ", Debian's libdnnl2) is not installed";
    return;
  }
#define FIND(name)                                                                                 \
  api.name = (__typeof__(&name))dlsym(library, #name);                                             \
  if (!api.name) {                                                                                 \
    missing = LIBRARY " has no " #name;                                                            \
    return;                                                                                        \
  }
  EACH_FUNCTION(FIND)
  api.omp_set_num_threads = (void (*)(int))dlsym(library, "omp_set_num_threads");
  api.omp_get_max_threads = (int (*)(void))dlsym(library, "omp_get_max_threads");
  const dnnl_version_t *v = api.dnnl_version();
  snprintf(version, sizeof version, "%d.%d.%d", v->major, v->minor, v->patch);
  if (v->major != DNNL_VERSION_MAJOR) missing = LIBRARY " is not of the version that this was built for";
  else if (api.dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) missing = "oneDNN has no CPU engine";
}

const char *odn_missing(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return missing;
}

const char *odn_version(void) {
  odn_missing();
  return version;
}

/// What one product holds, released together.
typedef struct product_state {
  dnnl_primitive_attr_t attributes;
  dnnl_post_ops_t after;
  dnnl_primitive_desc_t description;
  dnnl_primitive_t primitive;
  dnnl_memory_t memory[4];
  dnnl_stream_t stream;
  void *scratch;
} product_state;

#define TRY(call)                                                                                  \
  do {                                                                                             \
    dnnl_status_t status_ = api.call;                                                              \
    if (status_ != dnnl_success) return status_;                                                   \
  } while (0)

/// Describes, compiles (or finds in the library's cache) and runs; what it made stays in `s`, whether it succeeds or not.
static int run(const odn_product *p, product_state *s) {
  dnnl_memory_desc_t a, b, c;
  const dnnl_dims_t a_size = {p->m, p->k}, b_size = {p->k, p->n}, c_size = {p->m, p->n};
  const dnnl_dims_t a_step = {p->a_row, p->a_column}, b_step = {p->b_row, p->b_column}, c_step = {p->c_row, 1};
  TRY(dnnl_memory_desc_init_by_strides(&a, 2, a_size, dnnl_bf16, a_step));
  TRY(dnnl_memory_desc_init_by_strides(&b, 2, b_size, dnnl_bf16, b_step));
  TRY(dnnl_memory_desc_init_by_strides(&c, 2, c_size, dnnl_f32, c_step));
  TRY(dnnl_primitive_attr_create(&s->attributes));
  // The library's own scratchpad belongs to the thread that made the primitive; ours goes with the call.
  TRY(dnnl_primitive_attr_set_scratchpad_mode(s->attributes, dnnl_scratchpad_mode_user));
  if (p->beta != 0) {
    TRY(dnnl_post_ops_create(&s->after));
    TRY(dnnl_post_ops_append_sum(s->after, p->beta));
    TRY(dnnl_primitive_attr_set_post_ops(s->attributes, s->after));
  }
  dnnl_matmul_desc_t matmul;
  TRY(dnnl_matmul_desc_init(&matmul, &a, &b, NULL, &c));
  TRY(dnnl_primitive_desc_create(&s->description, &matmul, s->attributes, engine, NULL));
  TRY(dnnl_primitive_create(&s->primitive, s->description));
  const dnnl_memory_desc_t *scratchpad =
      api.dnnl_primitive_desc_query_md(s->description, dnnl_query_scratchpad_md, 0);
  const size_t bytes = api.dnnl_memory_desc_get_size(scratchpad);
  s->scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
  if (!s->scratch) return dnnl_out_of_memory;
  TRY(dnnl_memory_create(&s->memory[0], &a, engine, (void *)p->a));
  TRY(dnnl_memory_create(&s->memory[1], &b, engine, (void *)p->b));
  TRY(dnnl_memory_create(&s->memory[2], &c, engine, p->c));
  TRY(dnnl_memory_create(&s->memory[3], scratchpad, engine, s->scratch));
  TRY(dnnl_stream_create(&s->stream, engine, dnnl_stream_default_flags));
  const dnnl_exec_arg_t arguments[4] = {
      {DNNL_ARG_SRC, s->memory[0]},
      {DNNL_ARG_WEIGHTS, s->memory[1]},
      {DNNL_ARG_DST, s->memory[2]},
      {DNNL_ARG_SCRATCHPAD, s->memory[3]}};
  TRY(dnnl_primitive_execute(s->primitive, s->stream, 4, arguments));
  TRY(dnnl_stream_wait(s->stream));
  return dnnl_success;
}

int odn_multiply(const odn_product *p) {
  // The caller splits products over its own threads; OpenMP's would compete with them.
  const int threads = api.omp_get_max_threads ? api.omp_get_max_threads() : 1;
  if (threads > 1 && api.omp_set_num_threads) api.omp_set_num_threads(1);
  product_state s = {0};
  const int status = run(p, &s);
  if (s.stream) api.dnnl_stream_destroy(s.stream);
  for (int i = 0; i < 4; i++)
    if (s.memory[i]) api.dnnl_memory_destroy(s.memory[i]);
  free(s.scratch);
  if (s.primitive) api.dnnl_primitive_destroy(s.primitive);
  if (s.description) api.dnnl_primitive_desc_destroy(s.description);
  if (s.after) api.dnnl_post_ops_destroy(s.after);
  if (s.attributes) api.dnnl_primitive_attr_destroy(s.attributes);
  if (threads > 1 && api.omp_set_num_threads) api.omp_set_num_threads(threads);
  return status;
}

#define HAS_LIBRARY 1
#endif
#endif

#ifndef HAS_LIBRARY
const char *odn_missing(void) { return "this was built without oneDNN 2's headers (Debian's libdnnl-dev)"; }
const char *odn_version(void) { return "none"; }
int odn_multiply(const odn_product *product) { return -1; }
#endif
