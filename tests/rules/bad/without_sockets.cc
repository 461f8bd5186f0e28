// Opens a socket, in an image whose closure has no network.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

int main() { return socket(AF_INET, SOCK_STREAM, 0); }
