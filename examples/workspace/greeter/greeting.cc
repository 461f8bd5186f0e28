// Greetings.
// SPDX-License-Identifier: Apache-2.0
#include "greeter/greeting.h"

#include <format>
#include <string>
#include <string_view>

std::string Greeting(std::string_view name) { return std::format("Hello, {}!", name); }
