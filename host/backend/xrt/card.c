#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "backend/xrt/card.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backend/xrt/server.h"
#include "base/alloc.h"
#include "base/clock.h"

struct taut_card {
	pid_t    pid; /* of the server; 0: none any more */
	int      socket, lifeline;
	FILE    *log;   /* what XRT printed */
	uint8_t *tiles; /* [TAUT_XRT_TILES][TAUT_XRT_TILE_BYTES] */
	uint32_t outstanding;
	double   transfer_s;
};

static const size_t TILES_BYTES = (size_t)TAUT_XRT_TILES * TAUT_XRT_TILE_BYTES;

/* In the child: nothing of the host's but the two ends and the log; signals as a fresh program has
 * them, so that a write to a dead device ends the server instead of spinning; a process group of
 * its own, so that Ctrl-C and XRT's own kill(0, ..) stay apart. */
static _Noreturn void become_server(int socket, int lifeline, int log, uint8_t *tiles)
{
	const struct rlimit no_core = {0, 0};
	const int           null = open("/dev/null", O_RDONLY);
	struct rlimit       files;
	sigset_t            none;
	int                 most = 1024;

	(void)setpgid(0, 0);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(log, STDOUT_FILENO);
	(void)dup2(log, STDERR_FILENO);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 65536)
		most = (int)files.rlim_cur;
	for (int fd = STDERR_FILENO + 1; fd < most; fd++)
		if (fd != socket && fd != lifeline)
			(void)close(fd);
	for (int number = 1; number < 32; number++)
		if (number != SIGKILL && number != SIGSTOP)
			(void)signal(number, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	taut_xrt_serve(socket, lifeline, tiles);
}

static taut_status start_server(taut_card *card, taut_error *err)
{
	int sockets[2] = {-1, -1}, pipes[2] = {-1, -1};

	card->tiles =
		mmap(NULL, TILES_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	card->log = tmpfile();
	if (card->tiles == MAP_FAILED)
		card->tiles = NULL;
	if (!card->tiles || !card->log ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0 || pipe(pipes) != 0)
		goto failed;
	(void)fcntl(pipes[1], F_SETFD, FD_CLOEXEC);
	(void)fcntl(fileno(card->log), F_SETFL, O_APPEND);
	card->pid = fork();
	if (card->pid == 0)
		become_server(sockets[1], pipes[0], fileno(card->log), card->tiles);
	if (card->pid < 0)
		goto failed;
	(void)setpgid(card->pid, card->pid); /* whoever comes first */
	(void)close(sockets[1]);
	(void)close(pipes[0]);
	card->socket = sockets[0];
	card->lifeline = pipes[1];
	return TAUT_OK;
failed:
	for (int i = 0; i < 2; i++) {
		if (sockets[i] >= 0)
			(void)close(sockets[i]);
		if (pipes[i] >= 0)
			(void)close(pipes[i]);
	}
	card->pid = 0;
	return taut_fail(err, TAUT_EDEVICE, "no process for the card's server: %s",
	                 strerror(errno));
}

taut_status taut_card_open(taut_card **out, taut_error *err)
{
	const taut_xrt_request hello = {.kind = TAUT_XRT_HELLO};
	taut_card             *card = taut_alloc(1, sizeof *card, err);
	taut_status            st;

	*out = NULL;
	if (!card)
		return TAUT_ENOMEM;
	card->socket = card->lifeline = -1;
	st = start_server(card, err);
	if (st == TAUT_OK)
		st = taut_card_call(card, &hello, NULL, 30, err);
	if (st == TAUT_OK)
		*out = card;
	else
		taut_card_close(card);
	return st;
}

/* The server and what it started, killed; its place in the process table freed. */
static void end_server(taut_card *card)
{
	if (!card->pid)
		return;
	(void)kill(-card->pid, SIGKILL);
	(void)kill(card->pid, SIGKILL);
	while (waitpid(card->pid, NULL, 0) < 0 && errno == EINTR)
		;
	card->pid = 0;
	card->outstanding = 0;
}

/* Gives the server a while to close the device. */
static void close_server(taut_card *card)
{
	const struct timespec nap = {.tv_nsec = 2000000};
	siginfo_t             info = {0};

	(void)shutdown(card->socket, SHUT_RDWR);
	for (double end = taut_clock_s() + 5; card->pid && taut_clock_s() < end && !info.si_pid;
	     (void)nanosleep(&nap, NULL))
		if (waitid(P_PID, (id_t)card->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
			break;
	end_server(card);
}

void taut_card_close(taut_card *card)
{
	if (!card)
		return;
	if (card->pid)
		close_server(card);
	if (card->socket >= 0)
		(void)close(card->socket);
	if (card->lifeline >= 0)
		(void)close(card->lifeline);
	if (card->log)
		(void)fclose(card->log);
	if (card->tiles)
		(void)munmap(card->tiles, TILES_BYTES);
	taut_free(card);
}

void *taut_card_tile(taut_card *card, uint32_t tile)
{
	assert(tile < TAUT_XRT_TILES);
	return card->tiles + (size_t)tile * TAUT_XRT_TILE_BYTES;
}

/* The line of XRT's output that says most: what an exception carried, else the last one; "" when
 * there is none. */
static const char *last_words(const taut_card *card, char *text, size_t size)
{
	const off_t   length = lseek(fileno(card->log), 0, SEEK_END);
	const off_t   from = length > (off_t)size - 1 ? length - ((off_t)size - 1) : 0;
	const ssize_t got = length > 0 ? pread(fileno(card->log), text, size - 1, from) : 0;
	const char   *best = "", *line;

	text[got > 0 ? got : 0] = '\0';
	for (char *c = text; *c; c++)
		if (*c != '\n' && (*c < ' ' || *c > '~'))
			*c = ' ';
	for (char *c = text; *c; c = *c ? c + 1 : c) {
		for (line = c; *c && *c != '\n';)
			c++;
		line += strspn(line, " \n");
		if (strncmp(best, "what()", 6) != 0 && line < c)
			best = line;
		if (!*c)
			break;
		*c = '\0';
	}
	return best;
}

static taut_status lose(taut_card *card, taut_error *err, const char *how)
{
	char        text[1024];
	const char *words = last_words(card, text, sizeof text);

	end_server(card);
	return taut_fail(err, TAUT_EDEVICE,
	                 "device lost: %s%s%.90s%s; `xbutil examine` shows the card's state", how,
	                 words[0] ? " (XRT: " : "", words, words[0] ? ")" : "");
}

taut_status taut_card_post(taut_card *card, const taut_xrt_request *request, taut_error *err)
{
	if (!card->pid)
		return taut_fail(err, TAUT_EDEVICE, "device lost before; open it again");
	if (send(card->socket, request, sizeof *request, MSG_NOSIGNAL) != (ssize_t)sizeof *request)
		return lose(card, err, "XRT ended");
	card->outstanding++;
	return TAUT_OK;
}

taut_status taut_card_collect(taut_card *card, taut_xrt_answer *answer, double timeout_s,
                              taut_error *err)
{
	const double    end = taut_clock_s() + timeout_s;
	taut_xrt_answer a = {0};
	struct pollfd   p = {.fd = card->socket, .events = POLLIN};
	char            how[64];

	if (!card->pid)
		return taut_fail(err, TAUT_EDEVICE, "device lost before; open it again");
	assert(card->outstanding > 0);
	for (;;) {
		const double left = end - taut_clock_s();
		const int    ready =
			poll(&p, 1, left > 0 ? (int)(1e3 * (left < 1e6 ? left : 1e6)) + 1 : 0);

		if (ready > 0)
			break;
		if (ready < 0 && errno != EINTR)
			return lose(card, err, "its socket failed");
		if (ready == 0 || left <= 0) {
			(void)snprintf(how, sizeof how, "no answer within %.1f s", timeout_s);
			return lose(card, err, how);
		}
	}
	if (recv(card->socket, &a, sizeof a, 0) != (ssize_t)sizeof a)
		return lose(card, err, "XRT ended");
	card->outstanding--;
	card->transfer_s += a.transfer_s;
	if (answer)
		*answer = a;
	a.text[sizeof a.text - 1] = '\0';
	return a.failed ? taut_fail(err, TAUT_EDEVICE, "%s", a.text) : TAUT_OK;
}

uint32_t taut_card_outstanding(const taut_card *card)
{
	return card->outstanding;
}

taut_status taut_card_call(taut_card *card, const taut_xrt_request *request,
                           taut_xrt_answer *answer, double timeout_s, taut_error *err)
{
	taut_status st = taut_card_post(card, request, err);

	return st == TAUT_OK ? taut_card_collect(card, answer, timeout_s, err) : st;
}

bool taut_card_lost(const taut_card *card)
{
	return card->pid == 0;
}

void taut_card_drop(taut_card *card)
{
	end_server(card);
}

double taut_card_transfer_s(const taut_card *card)
{
	return card->transfer_s;
}
