// A program that uses nothing: what it carries is what every image carries.
// SPDX-License-Identifier: Apache-2.0

int main() { return 0; }
