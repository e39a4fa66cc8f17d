#include "COneDNN.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef int (*sgemm_function)(char transpose_a, char transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                              int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);

/// The beginning of what `dnnl_version` points to.
typedef struct {
    int major, minor, patch;
} version_numbers;

/// Everything the library gave us; written once under `once`, read-only afterwards.
static struct {
    sgemm_function sgemm;
    // Of the OpenMP library that it computes with.
    int (*thread_limit)(void);
    void (*set_thread_limit)(int);
    char version[48];
    char error[512];
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const library_names[] = {"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"};

/// Opens the first name that exists. Returns NULL, with the reasons in `library.error`, when none does.
static void *open_library(void) {
    char reasons[400] = "";
    for (size_t i = 0; i < sizeof library_names / sizeof library_names[0]; i++) {
        void *handle = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
        if (handle) return handle;
        const char *reason = dlerror();
        const size_t used = strlen(reasons);
        snprintf(reasons + used, sizeof reasons - used, "%s%s", used ? "; " : "", reason ? reason : library_names[i]);
    }
    snprintf(library.error, sizeof library.error, "oneDNN could not be opened (%s). Install it: apt-get install libdnnl-dev", reasons);
    return NULL;
}

static void load(void) {
    void *handle = open_library();
    if (!handle) return;
    sgemm_function sgemm = (sgemm_function)dlsym(handle, "dnnl_sgemm");
    const version_numbers *(*version)(void) = (const version_numbers *(*)(void))dlsym(handle, "dnnl_version");
    if (!sgemm || !version) {
        snprintf(library.error, sizeof library.error,
                 "the installed oneDNN lacks dnnl_sgemm. Install a complete build: apt-get install libdnnl-dev");
        dlclose(handle);
        return;
    }
    // A handle's symbols include those of the libraries that it needs.
    library.thread_limit = (int (*)(void))dlsym(handle, "omp_get_max_threads");
    library.set_thread_limit = (void (*)(int))dlsym(handle, "omp_set_num_threads");
    if (!library.thread_limit || !library.set_thread_limit) {
        snprintf(library.error, sizeof library.error,
                 "the installed oneDNN was built without OpenMP, and would start threads of its own. Install Debian's: apt-get install "
                 "libdnnl-dev");
        dlclose(handle);
        return;
    }
    const version_numbers *numbers = version();
    snprintf(library.version, sizeof library.version, "%d.%d.%d", numbers->major, numbers->minor, numbers->patch);
    library.sgemm = sgemm;
}

bool conednn_load(void) {
    pthread_once(&once, load);
    return library.sgemm != NULL;
}

const char *conednn_error(void) { return conednn_load() ? NULL : library.error; }

const char *conednn_version(void) { return conednn_load() ? library.version : NULL; }

bool conednn_sgemm(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float alpha, const float *a,
                   ptrdiff_t lda, const float *b, ptrdiff_t ldb, float beta, float *c, ptrdiff_t ldc) {
    if (m <= 0 || n <= 0) return true;
    // Our own pool owns the cores; the limit belongs to the calling thread, which gets its own back.
    const int limit = library.thread_limit();
    if (limit != 1) library.set_thread_limit(1);
    const int status = library.sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    if (limit != 1) library.set_thread_limit(limit);
    return status == 0;
}
