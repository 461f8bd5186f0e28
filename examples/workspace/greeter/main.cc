// Greets whoever its arguments name.
// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "greeter/greeting.h"

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::cout << Greeting(argv[i]) << '\n';
  }
}
