/*
 * The load generator: opens connections as a plan says, posts, and counts what is delivered. It knows no protocol: the
 * plan holds the bytes to send and the bytes to await, and each post carries a mark, which is counted in what comes back.
 *
 *     load PLAN [PID...]
 *
 * The plan: u32 connections, u32 that may be entering at once, u32 that hear each message, for each connection u32 port,
 * u32 steps of entering, each { u32 length, bytes to send, u32 length, bytes to await }, u32 length, bytes of a post (none:
 * it only listens), u32 length, bytes that tell whoever posts that their message is done where it does not come back to
 * them (none: it comes back). All numbers are little-endian.
 * In a post, runs of these bytes are filled in for each message:
 *     \1  nanoseconds since the run began, hexadecimal      \2  number of the connection, hexadecimal
 *     \3  number of the message on it, hexadecimal          \4  the same, decimal
 * The mark is a ` and 8 digits of \2 and 16 of \1.
 *
 * It says {"entered": …} once everybody is in, and then takes lines from standard input:
 *     saturate WINDOW WARM SECONDS    each connection that posts has WINDOW messages under way
 *     pace RATE WARM SECONDS          RATE messages a second in all, whatever comes back
 *     quit
 * and answers each with one line of JSON. PIDs are the server's: their CPU time is taken over the same time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MARK = 25, OVERLAP = 2, BUFFER = 1 << 18, EVENTS = 4096, SOURCES = 20000, BUCKETS = 64 * 64 };

struct connection {
  int fd;
  uint16_t port;
  uint32_t steps, step, post_length;
  const uint8_t *at, *post;
  /* While entering what is awaited, then what tells that a message is done. */
  const uint8_t *await, *done;
  uint32_t await_length, done_length, matched;
  uint64_t sent;
  uint32_t under_way;
  uint8_t carried[MARK], carried_length;
  /* The end of what was heard, in which a mark may begin. */
  uint8_t last[OVERLAP];
  /* What the kernel did not take yet. */
  uint8_t *waiting;
  size_t waiting_length, waiting_room;
  bool entered;
};

static struct connection *all;
static uint32_t count, at_once, audience, begun, entered_count, *posters, posters_count;
static int events;
static uint8_t buffer[OVERLAP + BUFFER];
static uint64_t run_began, delivered, sent_total, sent_before_run, idle_ns;
static uint32_t window;
static bool pacing, measuring;
static uint64_t latencies[BUCKETS];

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint32_t take_u32(const uint8_t **at) {
  uint32_t value;
  memcpy(&value, *at, 4);
  *at += 4;
  return value;
}

static void read_plan(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat facts;
  if (fd < 0 || fstat(fd, &facts) < 0) die(path);
  uint8_t *plan = malloc((size_t)facts.st_size);
  for (ssize_t at = 0, got; at < facts.st_size; at += got)
    if ((got = read(fd, plan + at, (size_t)(facts.st_size - at))) <= 0) die(path);
  close(fd);
  const uint8_t *at = plan;
  count = take_u32(&at);
  at_once = take_u32(&at);
  audience = take_u32(&at);
  all = calloc(count, sizeof *all);
  posters = calloc(count, sizeof *posters);
  for (uint32_t i = 0; i < count; i++) {
    struct connection *c = &all[i];
    c->port = (uint16_t)take_u32(&at);
    c->steps = take_u32(&at);
    c->at = at;
    for (uint32_t step = 0; step < c->steps * 2; step++) {
      uint32_t length = take_u32(&at);
      at += length;
    }
    c->post_length = take_u32(&at);
    c->post = at;
    at += c->post_length;
    c->done_length = take_u32(&at);
    c->done = at;
    at += c->done_length;
    if (c->post_length) posters[posters_count++] = i;
  }
}

/* ---- sending ---- */

static void want(struct connection *c, uint32_t what) {
  struct epoll_event event = {.events = what, .data.u32 = (uint32_t)(c - all)};
  if (epoll_ctl(events, EPOLL_CTL_MOD, c->fd, &event) < 0) die("epoll_ctl");
}

static void flush(struct connection *c) {
  size_t done = 0;
  while (done < c->waiting_length) {
    ssize_t put = send(c->fd, c->waiting + done, c->waiting_length - done, MSG_NOSIGNAL);
    if (put < 0 && errno == EAGAIN) break;
    if (put < 0) die("send");
    done += (size_t)put;
  }
  bool had = c->waiting_length > 0;
  memmove(c->waiting, c->waiting + done, c->waiting_length - done);
  c->waiting_length -= done;
  if (c->waiting_length) want(c, EPOLLIN | EPOLLOUT);
  else if (had && done) want(c, EPOLLIN);
}

static uint8_t *room(struct connection *c, size_t more) {
  if (c->waiting_length + more > c->waiting_room) {
    c->waiting_room = 2 * (c->waiting_length + more);
    c->waiting = realloc(c->waiting, c->waiting_room);
  }
  return c->waiting + c->waiting_length;
}

static void put(struct connection *c, const uint8_t *bytes, size_t length) {
  memcpy(room(c, length), bytes, length);
  c->waiting_length += length;
}

/* Sends what is waiting without asking to be told when there is room, unless there is none. */
static void push(struct connection *c) {
  size_t done = 0;
  while (done < c->waiting_length) {
    ssize_t sent = send(c->fd, c->waiting + done, c->waiting_length - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) {
      memmove(c->waiting, c->waiting + done, c->waiting_length - done);
      c->waiting_length -= done;
      want(c, EPOLLIN | EPOLLOUT);
      return;
    }
    if (sent < 0) die("send");
    done += (size_t)sent;
  }
  c->waiting_length = 0;
}

static void hex(uint8_t *to, uint32_t digits, uint64_t value) {
  for (uint32_t i = digits; i-- > 0; value >>= 4) to[i] = (uint8_t)"0123456789abcdef"[value & 15];
}

static void post(struct connection *c, uint64_t time) {
  uint8_t *to = room(c, c->post_length);
  memcpy(to, c->post, c->post_length);
  for (uint32_t i = 0; i < c->post_length;) {
    uint8_t slot = to[i];
    uint32_t end = i + 1;
    if (slot >= 1 && slot <= 4) {
      while (end < c->post_length && c->post[end] == slot) end++;
      if (slot == 4) {
        uint64_t value = c->sent;
        for (uint32_t digit = end; digit-- > i; value /= 10) to[digit] = (uint8_t)('0' + value % 10);
      } else {
        hex(to + i, end - i, slot == 1 ? time : slot == 2 ? (uint64_t)(c - all) : c->sent);
      }
    }
    i = end;
  }
  c->waiting_length += c->post_length;
  c->sent++;
  c->under_way++;
  sent_total++;
}

/* ---- entering ---- */

static void next_step(struct connection *c) {
  if (c->step == c->steps) {
    c->entered = true;
    c->await = c->done;
    c->await_length = c->done_length;
    c->matched = 0;
    entered_count++;
    return;
  }
  c->step++;
  uint32_t length = take_u32(&c->at);
  put(c, c->at, length);
  c->at += length;
  c->await_length = take_u32(&c->at);
  c->await = c->at;
  c->at += c->await_length;
  c->matched = 0;
  push(c);
  if (c->await_length == 0) next_step(c);
}

static void begin(struct connection *c) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) die("socket");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  uint32_t number = (uint32_t)(c - all);
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + number / SOURCES)};
  if (count > SOURCES && bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind");
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(c->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) die("connect");
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = number};
  if (epoll_ctl(events, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
}

/* True where this byte ends what is awaited. */
static bool ends(struct connection *c, uint8_t byte) {
  /* What was matched may hold a shorter beginning of what is awaited. */
  while (c->await[c->matched] != byte) {
    uint32_t shorter = c->matched;
    if (shorter == 0) return false;
    do shorter--;
    while (memcmp(c->await, c->await + c->matched - shorter, shorter) != 0);
    c->matched = shorter;
  }
  if (++c->matched < c->await_length) return false;
  c->matched = 0;
  return true;
}

static void entering(struct connection *c, const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length && !c->entered; i++)
    if (ends(c, bytes[i])) next_step(c);
}

/* ---- hearing ---- */

static uint64_t unhex(const uint8_t *at, int digits) {
  uint64_t value = 0;
  for (int i = 0; i < digits; i++) value = value << 4 | (uint64_t)(at[i] <= '9' ? at[i] - '0' : at[i] - 'a' + 10);
  return value;
}

/* 64 buckets for each power of two: off by less than two per cent. */
static void note(uint64_t ns) {
  if (ns < 64) ns = 64;
  int power = 63 - __builtin_clzll(ns);
  uint64_t bucket = (uint64_t)(power - 6) * 64 + ((ns >> (power - 6)) & 63);
  latencies[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
}

static double quantile(double part) {
  uint64_t total = 0, seen = 0;
  for (int i = 0; i < BUCKETS; i++) total += latencies[i];
  for (int i = 0; i < BUCKETS; i++) {
    seen += latencies[i];
    if (total && (double)seen >= part * (double)total)
      return (double)((64ull + (uint64_t)i % 64) << (i / 64)) / 1e6;
  }
  return 0;
}

static void marked(struct connection *c, const uint8_t *mark) {
  if (pacing && measuring) {
    uint64_t sent = unhex(mark + 9, 16), now = now_ns() - run_began;
    note(now > sent ? now - sent : 0);
  }
  if (c->post_length && unhex(mark + 1, 8) == (uint64_t)(c - all)) {
    if (c->under_way) c->under_way--;
  }
}

/* The author hears that a message is done: that is its delivery to them. */
static void look_for_done(struct connection *c, const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (!ends(c, bytes[i])) continue;
    if (c->under_way) c->under_way--;
    delivered++;
  }
}

static bool is_hex(uint8_t byte) { return (uint8_t)(byte - '0') < 10 || (uint8_t)(byte - 'a') < 6; }

/* The length in a frame's header may have the byte of a ` in it: a mark goes on with digits, a header does not. */
static bool is_mark(const uint8_t *at, size_t known) {
  return (known < 2 || is_hex(at[1])) && (known < 3 || is_hex(at[2]));
}

static void look_at_marks(struct connection *c, const uint8_t *bytes, size_t length) {
  const uint8_t *at = bytes, *end = bytes + length;
  if (c->carried_length) {
    size_t more = (size_t)(MARK - c->carried_length);
    if (more > length) more = length;
    memcpy(c->carried + c->carried_length, bytes, more);
    if (!is_mark(c->carried, c->carried_length + more)) {
      c->carried_length = 0;
    } else {
      c->carried_length += (uint8_t)more;
      if (c->carried_length < MARK) return;
      marked(c, c->carried);
      c->carried_length = 0;
      at += more;
    }
  }
  while ((at = memchr(at, '`', (size_t)(end - at)))) {
    if (!is_mark(at, (size_t)(end - at))) {
      at++;
    } else if (end - at < MARK) {
      c->carried_length = (uint8_t)(end - at);
      memcpy(c->carried, at, c->carried_length);
      return;
    } else {
      marked(c, at);
      at += MARK;
    }
  }
}

/* The marks that begin in the first `length` bytes, of which two more are there to be looked at. */
static uint64_t count_marks(const uint8_t *bytes, size_t length) {
  uint64_t marks = 0;
  const uint8_t *at = bytes, *end = bytes + length;
  while (at < end && (at = memchr(at, '`', (size_t)(end - at)))) {
    bool is = is_hex(at[1]) && is_hex(at[2]);
    marks += is;
    at += is ? MARK : 1;
  }
  return marks;
}

static void hear(struct connection *c) {
  uint8_t *heard = buffer + OVERLAP;
  for (;;) {
    ssize_t got = recv(c->fd, heard, BUFFER, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      fprintf(stderr, "load: connection %u was closed (step %u of %u)\n", (uint32_t)(c - all), c->step, c->steps);
      exit(1);
    }
    if (!c->entered) {
      entering(c, heard, (size_t)got);
    } else {
      memcpy(buffer, c->last, OVERLAP);
      delivered += count_marks(buffer, (size_t)got);
      memcpy(c->last, buffer + got, OVERLAP);
      if (c->done_length && c->post_length) look_for_done(c, heard, (size_t)got);
      if (pacing || c->post_length) look_at_marks(c, heard, (size_t)got);
    }
    if (got < BUFFER) return;
  }
}

/* Sockets that had something to say in the last look at them. */
static int ready_last;

/* One look at the sockets. False where standard input has something to say. */
static bool turn(int timeout) {
  struct epoll_event ready[EVENTS];
  uint64_t before = now_ns();
  int many = epoll_wait(events, ready, EVENTS, timeout);
  idle_ns += many == 0 || timeout != 0 ? now_ns() - before : 0;
  ready_last = many;
  bool quiet = true;
  for (int i = 0; i < many; i++) {
    if (ready[i].data.u32 == UINT32_MAX) {
      quiet = false;
      continue;
    }
    struct connection *c = &all[ready[i].data.u32];
    if (ready[i].events & EPOLLOUT) {
      if (c->step == 0 && !c->entered) {
        want(c, EPOLLIN);
        next_step(c);
      } else {
        flush(c);
      }
    }
    if (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) hear(c);
  }
  return quiet;
}

static void enter_all(void) {
  uint64_t began = now_ns();
  while (entered_count < count) {
    while (begun < count && begun - entered_count < at_once) begin(&all[begun++]);
    turn(100);
    if (now_ns() - began > 300ull * 1000000000ull) {
      fprintf(stderr, "load: only %u of %u entered\n", entered_count, count);
      exit(1);
    }
  }
  printf("{\"entered\":%u,\"ms\":%.1f}\n", count, (double)(now_ns() - began) / 1e6);
  fflush(stdout);
}

/* ---- the server's CPU time ---- */

static double cpu_of(const char *pid) {
  char path[300];
  double seconds = 0;
  snprintf(path, sizeof path, "/proc/%s/task", pid);
  DIR *tasks = opendir(path);
  if (!tasks) return 0;
  for (struct dirent *task; (task = readdir(tasks));) {
    if (task->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%s/task/%s/schedstat", pid, task->d_name);
    FILE *file = fopen(path, "r");
    unsigned long long ns = 0;
    if (file && fscanf(file, "%llu", &ns) == 1) seconds += (double)ns / 1e9;
    if (file) fclose(file);
  }
  closedir(tasks);
  return seconds;
}

static double cpu_of_all(char **pids) {
  double seconds = 0;
  for (; *pids; pids++) seconds += cpu_of(*pids);
  return seconds;
}

/* ---- runs ---- */

/*
 * It never sleeps: a server whose every write had to wake it would pay for that, and more for it in a virtual machine
 * than for the write itself.
 */
static void saturate_turn(void) {
  turn(0);
  if (ready_last == 0 && sent_total > sent_before_run) return;
  for (uint32_t i = 0; i < posters_count; i++) {
    struct connection *c = &all[posters[i]];
    if (c->under_way >= window || c->waiting_length) continue;
    uint64_t time = now_ns() - run_began;
    while (c->under_way < window) post(c, time);
    push(c);
  }
}

static double rate;
static uint64_t due;
static uint32_t next_poster;

static void pace_turn(void) {
  turn(0);
  double now = (double)(now_ns() - run_began);
  for (double time; (time = (double)due * 1e9 / rate) <= now; due++) {
    struct connection *c = &all[posters[next_poster++ % posters_count]];
    post(c, (uint64_t)time);
    push(c);
  }
}

/* What is under way comes home, so that the next run begins with nothing. */
static void come_home(void) {
  uint64_t late = now_ns() + 5000000000ull;
  while (delivered < sent_total * audience && now_ns() < late) turn(1);
  for (uint32_t i = 0; i < posters_count; i++) all[posters[i]].under_way = 0;
}

static void run(double warm, double seconds, char **pids) {
  run_began = now_ns();
  sent_before_run = sent_total;
  due = 0;
  void (*one_turn)(void) = pacing ? pace_turn : saturate_turn;
  uint64_t from = run_began + (uint64_t)(warm * 1e9), to = from + (uint64_t)(seconds * 1e9);
  while (now_ns() < from) one_turn();
  memset(latencies, 0, sizeof latencies);
  measuring = true;
  double cpu = cpu_of_all(pids);
  uint64_t began = now_ns(), delivered_before = delivered, sent_before = sent_total, idle_before = idle_ns;
  while (now_ns() < to) one_turn();
  double took = (double)(now_ns() - began) / 1e9;
  cpu = cpu_of_all(pids) - cpu;
  measuring = false;
  uint64_t deliveries = delivered - delivered_before, messages = sent_total - sent_before;
  double idle = (double)(idle_ns - idle_before) / 1e9;
  come_home();
  printf("{\"messages\":%llu,\"deliveries\":%llu,\"seconds\":%.3f,\"cpu\":%.4f,\"busy\":%.3f,\"p50\":%.4f,\"p99\":%.4f,\"p999\":%.4f,"
         "\"sent\":%llu,\"heard\":%llu}\n",
         (unsigned long long)messages, (unsigned long long)deliveries, took, cpu, 1 - idle / took, quantile(.5),
         quantile(.99), quantile(.999), (unsigned long long)sent_total,
         (unsigned long long)delivered);
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: load PLAN [PID...]\n");
    return 2;
  }
  read_plan(argv[1]);
  events = epoll_create1(0);
  enter_all();
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  if (epoll_ctl(events, EPOLL_CTL_ADD, 0, &event) < 0) die("standard input");
  char line[200];
  for (;;) {
    while (turn(1000)) {
    }
    if (!fgets(line, sizeof line, stdin)) return 0;
    double first, warm, seconds;
    if (sscanf(line, "saturate %lf %lf %lf", &first, &warm, &seconds) == 3) {
      pacing = false;
      window = (uint32_t)first;
    } else if (sscanf(line, "pace %lf %lf %lf", &first, &warm, &seconds) == 3) {
      pacing = true;
      rate = first;
    } else {
      return 0;
    }
    run(warm, seconds, argv + 2);
  }
}
