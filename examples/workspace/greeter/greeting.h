// What to say to somebody.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// "Hello, NAME!"
std::string Greeting(std::string_view name);
