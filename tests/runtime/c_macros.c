// The macros of <math.h>, which C++ undefines.
// SPDX-License-Identifier: Apache-2.0
#include "tests/runtime/c_macros.h"

#include <math.h>

int ClassifyInC(long double value) { return fpclassify(value); }
int IsFiniteInC(long double value) { return isfinite(value) != 0; }
int IsInfiniteInC(long double value) { return isinf(value) != 0; }
int IsNanInC(long double value) { return isnan(value) != 0; }
int IsNormalInC(long double value) { return isnormal(value) != 0; }
