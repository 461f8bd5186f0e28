// The least an application can be.
// SPDX-License-Identifier: Apache-2.0
int main() { return 0; }
