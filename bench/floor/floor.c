/*
 * The floor: the smallest WebSocket server that copies what each member of a room says to all of them. It knows no
 * people, keeps nothing and checks nothing.
 *
 *     floor PORT coalesced|each
 *
 * `coalesced`: all that a room said in one turn of the loop is one write for each member. `each`: a write for each
 * message and member. The path of the handshake, /NUMBER, is the room.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 4096, READ = 1 << 16, ROOMS = 65536, HEADER = 14 };

struct bytes { uint8_t *at; size_t length, room; };
struct member { int fd; int room; bool shaken; struct bytes in, out; };
struct chat { struct member **members; size_t count, room; struct bytes said; bool touched; };

static struct chat rooms[ROOMS];
static int touched[ROOMS], touched_count, events;
static bool each;

static uint8_t *extend(struct bytes *b, size_t more) {
  if (b->length + more > b->room) b->at = realloc(b->at, b->room = 2 * (b->length + more));
  b->length += more;
  return b->at + b->length - more;
}

static void drop(struct bytes *b, size_t from) {
  memmove(b->at, b->at + from, b->length - from);
  b->length -= from;
}

/* ---- the handshake ---- */

static uint32_t rol(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void sha1(const uint8_t *text, size_t length, uint8_t out[20]) {
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  uint8_t padded[192] = {0};
  size_t blocks = (length + 8) / 64 + 1;
  memcpy(padded, text, length);
  padded[length] = 0x80;
  for (int i = 0; i < 8; i++) padded[blocks * 64 - 1 - (size_t)i] = (uint8_t)((uint64_t)length * 8 >> (8 * i));
  for (size_t block = 0; block < blocks; block++) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 80; i++) {
      const uint8_t *p = padded + block * 64 + (i < 16 ? i * 4 : 0);
      w[i] = i < 16 ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
                    : rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    }
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
      uint32_t k = i < 20 ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : i < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
      uint32_t t = rol(a, 5) + f + e + k + w[i];
      e = d, d = c, c = rol(b, 30), b = a, a = t;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
  }
  for (int i = 0; i < 20; i++) out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t in[20], char out[29]) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint8_t padded[21] = {0};
  memcpy(padded, in, 20);
  for (int i = 0; i < 7; i++) {
    uint32_t three = (uint32_t)padded[i * 3] << 16 | (uint32_t)padded[i * 3 + 1] << 8 | padded[i * 3 + 2];
    for (int j = 0; j < 4; j++) out[i * 4 + j] = letters[three >> (18 - 6 * j) & 63];
  }
  out[27] = '=';
  out[28] = 0;
}

static void shake(struct member *m) {
  char *text = (char *)m->in.at, *end = memmem(text, m->in.length, "\r\n\r\n", 4), *key;
  if (!end) return;
  *end = 0;
  if (!(key = strcasestr(text, "sec-websocket-key: "))) exit(1);
  char joined[100], accept[29], answer[200];
  int length = snprintf(joined, sizeof joined, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 19);
  uint8_t digest[20];
  sha1((uint8_t *)joined, (size_t)length, digest);
  base64(digest, accept);
  length = snprintf(answer, sizeof answer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  if (write(m->fd, answer, (size_t)length) != length) exit(1);
  m->room = atoi(text + sizeof "GET /" - 1);
  m->shaken = true;
  struct chat *chat = &rooms[m->room];
  if (chat->count == chat->room) chat->members = realloc(chat->members, (chat->room = 2 * chat->room + 8) * sizeof m);
  chat->members[chat->count++] = m;
  drop(&m->in, (size_t)(end + 4 - text));
}

/* ---- messages ---- */

static void leave(struct member *m) {
  struct chat *chat = &rooms[m->room];
  for (size_t i = 0; i < chat->count; i++)
    if (chat->members[i] == m) chat->members[i--] = chat->members[--chat->count];
  close(m->fd);
  free(m->in.at);
  free(m->out.at);
  free(m);
}

static void say(struct member *m, const uint8_t *bytes, size_t length) {
  size_t done = 0;
  while (!m->out.length && done < length) {
    ssize_t put = send(m->fd, bytes + done, length - done, MSG_NOSIGNAL);
    if (put < 0 && errno != EAGAIN) return;
    if (put < 0) break;
    done += (size_t)put;
  }
  if (done == length) return;
  bool had = m->out.length > 0;
  memcpy(extend(&m->out, length - done), bytes + done, length - done);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = m};
  if (!had) epoll_ctl(events, EPOLL_CTL_MOD, m->fd, &event);
}

static void drain(struct member *m) {
  size_t done = 0;
  while (done < m->out.length) {
    ssize_t put = send(m->fd, m->out.at + done, m->out.length - done, MSG_NOSIGNAL);
    if (put < 0) break;
    done += (size_t)put;
  }
  drop(&m->out, done);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = m};
  if (!m->out.length) epoll_ctl(events, EPOLL_CTL_MOD, m->fd, &event);
}

static void send_to_all(struct chat *chat) {
  for (size_t i = 0; i < chat->count; i++) say(chat->members[i], chat->said.at, chat->said.length);
  chat->said.length = 0;
}

/* One text frame for all, appended to what the room said in this turn. */
static void relay(struct member *m, const uint8_t *payload, size_t length, const uint8_t mask[4]) {
  struct chat *chat = &rooms[m->room];
  size_t header = length < 126 ? 2 : 4;
  uint8_t *to = extend(&chat->said, header + length);
  to[0] = 0x81;
  to[1] = (uint8_t)(length < 126 ? length : 126);
  if (header == 4) to[2] = (uint8_t)(length >> 8), to[3] = (uint8_t)length;
  for (size_t i = 0; i < length; i++) to[header + i] = payload[i] ^ mask[i & 3];
  if (each) return send_to_all(chat);
  if (!chat->touched) touched[touched_count++] = m->room;
  chat->touched = true;
}

/* Takes whole frames from the beginning. Returns how many bytes that was, or -1 where the member leaves. */
static ssize_t frames(struct member *m, const uint8_t *bytes, size_t all) {
  size_t at = 0;
  while (all - at >= 6) {
    const uint8_t *f = bytes + at;
    size_t length = f[1] & 127, header = 2;
    if ((f[0] & 15) == 8 || length == 127) return -1;
    if (length == 126) length = (size_t)f[2] << 8 | f[3], header = 4;
    if (all - at < header + 4 + length) break;
    relay(m, f + header + 4, length, f + header);
    at += header + 4 + length;
  }
  return (ssize_t)at;
}

static void hear(struct member *m) {
  static uint8_t read[READ];
  ssize_t got = recv(m->fd, read, READ, 0), taken = 0;
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return leave(m);
  if (m->shaken && !m->in.length) {
    taken = frames(m, read, (size_t)got);
    if (taken == got) return;
    if (taken >= 0) memcpy(extend(&m->in, (size_t)(got - taken)), read + taken, (size_t)(got - taken));
    else leave(m);
    return;
  }
  memcpy(extend(&m->in, (size_t)got), read, (size_t)got);
  if (!m->shaken) shake(m);
  if (!m->shaken) return;
  if ((taken = frames(m, m->in.at, m->in.length)) < 0) return leave(m);
  drop(&m->in, (size_t)taken);
}

static void arrive(int listening) {
  int fd, one = 1;
  while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct member *m = calloc(1, sizeof *m);
    m->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = m};
    epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  each = strcmp(argv[2], "each") == 0;
  int listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listening, (struct sockaddr *)&here, sizeof here) < 0 || listen(listening, 4096) < 0) return 1;
  events = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, ready[EVENTS];
  epoll_ctl(events, EPOLL_CTL_ADD, listening, &event);
  for (;;) {
    int many = epoll_wait(events, ready, EVENTS, -1);
    for (int i = 0; i < many; i++) {
      struct member *m = ready[i].data.ptr;
      if (!m) arrive(listening);
      else if (ready[i].events & EPOLLOUT) drain(m);
      else hear(m);
    }
    while (touched_count) {
      struct chat *chat = &rooms[touched[--touched_count]];
      chat->touched = false;
      send_to_all(chat);
    }
  }
}
