// The CPU's compute kernels: plain C that vectorises, in versions for AVX-512, AVX2 and the baseline, chosen at run time.
//
// Kernels take pointers and a range of rows, and compute on the calling thread; `ck_pool` spreads ranges over the cores. A result
// never depends on how a range was split.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ck_adaptive.h"
#include "ck_attention.h"
#include "ck_convolution.h"
#include "ck_distances.h"
#include "ck_elementwise.h"
#include "ck_features.h"
#include "ck_gates.h"
#include "ck_halving.h"
#include "ck_heads.h"
#include "ck_machine.h"
#include "ck_memory.h"
#include "ck_norm.h"
#include "ck_optimizer.h"
#include "ck_patch_rows.h"
#include "ck_patches.h"
#include "ck_pool.h"
#include "ck_product.h"
#include "ck_reduce.h"
#include "ck_skinny.h"
#include "ck_winograd.h"

#endif
