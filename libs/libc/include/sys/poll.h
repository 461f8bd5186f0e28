// The older name of <poll.h>.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
