// What C's macros of <math.h> say of a long double [C17 §7.12.3].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

int ClassifyInC(long double value);
int IsFiniteInC(long double value);
int IsInfiniteInC(long double value);
int IsNanInC(long double value);
int IsNormalInC(long double value);

#ifdef __cplusplus
}
#endif
