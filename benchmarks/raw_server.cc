// An HTTP server of one answer straight on lwIP's raw API: what httpd's sockets, parser and files
// cost is the difference to it.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <string_view>

#include "libs/clock/clock.h"
#include "libs/console/console.h"
#include "libs/event_loop/event_loop.h"
#include "lwip/tcp.h"

namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\ntwenty-one bytes long";

void OnError(void*, err_t) {}  // lwIP has freed the connection.

// The benchmark's client sends a request in one segment, and waits for its answer.
err_t OnReceived(void*, tcp_pcb* connection, pbuf* data, err_t) {
  if (data == nullptr) {
    return tcp_close(connection);
  }
  tcp_recved(connection, data->tot_len);
  const std::string_view request(static_cast<const char*>(data->payload), data->len);
  const bool last = request.ends_with("close\r\n\r\n");
  pbuf_free(data);
  // The answer stays where it is, so it is sent by reference.
  const err_t written = tcp_write(connection, kAnswer.data(), kAnswer.size(), 0);
  if (written != ERR_OK || (last && tcp_close(connection) != ERR_OK)) {
    tcp_abort(connection);
    return ERR_ABRT;
  }
  return ERR_OK;
}

err_t OnAccepted(void*, tcp_pcb* connection, err_t error) {
  if (error != ERR_OK) {
    return error;
  }
  tcp_recv(connection, &OnReceived);
  tcp_err(connection, &OnError);
  return ERR_OK;
}

}  // namespace

int main() {
  tcp_pcb* const unbound = tcp_new_ip_type(IPADDR_TYPE_ANY);
  if (unbound == nullptr || tcp_bind(unbound, IP_ANY_TYPE, 80) != ERR_OK) {
    ashlar::console::Write("raw_server: no memory, or port 80 is taken\n");
    return EXIT_FAILURE;
  }
  tcp_pcb* const listening = tcp_listen(unbound);
  if (listening == nullptr) {
    ashlar::console::Write("raw_server: no memory\n");
    return EXIT_FAILURE;
  }
  tcp_accept(listening, &OnAccepted);
  ashlar::console::Write("raw_server: serving on port 80\n");
  for (;;) {
    ashlar::event_loop::Wait(ashlar::clock::Instant::max());
  }
}
