// How libc++ says which of its assertions failed, or which exception it would have thrown.
// SPDX-License-Identifier: Apache-2.0
#include <__verbose_abort>

#include "libs/libc/report.h"

_LIBCPP_BEGIN_NAMESPACE_STD

void __libcpp_verbose_abort(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  ashlar::libc::PanicFormat(format, arguments);
}

_LIBCPP_END_NAMESPACE_STD
