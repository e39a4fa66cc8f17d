#include "COpenBLAS.h"
#include "core_type.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { row_major = 101, no_transpose = 111, transpose = 112 };

typedef void (*sgemm_function)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
                               int lda, const float *b, int ldb, float beta, float *c, int ldc);

typedef void (*dgemm_function)(int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha, const double *a,
                               int lda, const double *b, int ldb, double beta, double *c, int ldc);

/// LAPACK's Fortran interface: every argument by address, lengths of texts at the end.
typedef void (*dsyevd_function)(const char *job, const char *triangle, const int *n, double *a, const int *lda, double *w,
                                double *work, const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t);

/// Everything the library gave us; written once under `once`, read-only afterwards.
static struct {
    sgemm_function sgemm;
    dgemm_function dgemm;
    dsyevd_function dsyevd;
    const char *core_name;
    const char *configuration;
    const char *library_name;
    char error[512];
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const library_names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblasp.so.0", "libopenblaso.so.0"};

/// Opens the first name that exists. Returns NULL, with the reasons in `library.error`, when none does.
static void *open_library(void) {
    const size_t count = sizeof library_names / sizeof library_names[0];
    char first_reason[320] = "";
    for (size_t i = 0; i < count; i++) {
        void *handle = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
        if (handle) {
            library.library_name = library_names[i];
            return handle;
        }
        const char *reason = dlerror();
        if (i == 0) snprintf(first_reason, sizeof first_reason, "%s", reason ? reason : "unknown reason");
    }
    snprintf(library.error, sizeof library.error,
             "OpenBLAS could not be opened (%s). Install it: apt-get install libopenblas-dev", first_reason);
    return NULL;
}

static void load(void) {
    // The library reads both variables while it is opened. The last argument 0 keeps a value that the user has set.
    const char *core_type = copenblas_preferred_core_type();
    if (core_type) setenv("OPENBLAS_CORETYPE", core_type, 0);
    setenv("OPENBLAS_NUM_THREADS", "1", 0);

    void *handle = open_library();
    if (!handle) return;
    sgemm_function sgemm = (sgemm_function)dlsym(handle, "cblas_sgemm");
    void (*set_thread_count)(int) = (void (*)(int))dlsym(handle, "openblas_set_num_threads");
    library.dgemm = (dgemm_function)dlsym(handle, "cblas_dgemm");
    library.dsyevd = (dsyevd_function)dlsym(handle, "dsyevd_");
    if (!sgemm || !library.dgemm || !set_thread_count) {
        snprintf(library.error, sizeof library.error,
                 "%s lacks cblas_sgemm or openblas_set_num_threads. Install a complete build: apt-get install libopenblas-dev",
                 library.library_name);
        dlclose(handle);
        return;
    }
    // Our own pool owns the cores; the library computes on the thread that calls it.
    set_thread_count(1);
    char *(*core_name)(void) = (char *(*)(void))dlsym(handle, "openblas_get_corename");
    char *(*configuration)(void) = (char *(*)(void))dlsym(handle, "openblas_get_config");
    library.core_name = core_name ? core_name() : "unknown";
    library.configuration = configuration ? configuration() : "unknown";
    library.sgemm = sgemm;
}

bool copenblas_load(void) {
    pthread_once(&once, load);
    return library.sgemm != NULL;
}

const char *copenblas_error(void) { return copenblas_load() ? NULL : library.error; }

const char *copenblas_core_name(void) { return copenblas_load() ? library.core_name : NULL; }

const char *copenblas_configuration(void) { return copenblas_load() ? library.configuration : NULL; }

const char *copenblas_library_name(void) { return copenblas_load() ? library.library_name : NULL; }

void copenblas_sgemm(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float alpha, const float *a,
                     ptrdiff_t lda, const float *b, ptrdiff_t ldb, float beta, float *c, ptrdiff_t ldc) {
    if (m <= 0 || n <= 0) return;
    library.sgemm(row_major, transpose_a ? transpose : no_transpose, transpose_b ? transpose : no_transpose, (int)m, (int)n,
                  (int)k, alpha, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
}

void copenblas_dgemm(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, double alpha, const double *a,
                     ptrdiff_t lda, const double *b, ptrdiff_t ldb, double beta, double *c, ptrdiff_t ldc) {
    if (m <= 0 || n <= 0) return;
    library.dgemm(row_major, transpose_a ? transpose : no_transpose, transpose_b ? transpose : no_transpose, (int)m, (int)n,
                  (int)k, alpha, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
}

bool copenblas_has_lapack(void) { return copenblas_load() && library.dsyevd != NULL; }

int copenblas_dsyevd(bool wants_vectors, ptrdiff_t n, double *matrix, double *values) {
    int size = (int)n, info = 0, work_size = -1, index_size = -1, best_index_size = 0;
    double best_work_size = 0;
    const char *job = wants_vectors ? "V" : "N";
    library.dsyevd(job, "U", &size, matrix, &size, values, &best_work_size, &work_size, &best_index_size, &index_size, &info, 1, 1);
    if (info != 0) return info;
    work_size = (int)best_work_size;
    index_size = best_index_size;
    double *work = malloc((size_t)work_size * sizeof *work);
    int *indices = malloc((size_t)index_size * sizeof *indices);
    if (work && indices) {
        library.dsyevd(job, "U", &size, matrix, &size, values, work, &work_size, indices, &index_size, &info, 1, 1);
    } else {
        info = -1;
    }
    free(work);
    free(indices);
    return info;
}
