// An application that needs more memory than its image has.
// SPDX-License-Identifier: Apache-2.0
volatile char g_large[8 << 20];

int main() { return g_large[0]; }
