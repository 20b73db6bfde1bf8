/*
 * The device process that XRT's software emulation starts (genericpciemodel). It is two processes:
 * this one, which XRT talks to and waits for, stands for the bus; its child is the card (card.c).
 * When the card dies the bus goes on and answers as a bus does when a slot is empty: reads are all
 * ones. So a lost card is an error that a host can see, as it is on hardware; XRT 2.13 kills or
 * spins its host when the process it started itself is gone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "card.h"
#include "wire.h"

/* XRT binds its socket after it has started us. -1: it has gone away, or nothing came within a
 * minute. */
static int connect_host(void)
{
	const char        *user = getenv("USER"), *id = getenv("EMULATION_SOCKETID");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const pid_t        host = getppid();
	int                length;

	if (id == NULL)
		id = "xcl_sock";
	length = user ? snprintf(address.sun_path, sizeof address.sun_path, "/tmp/%s/%s", user, id)
	              : snprintf(address.sun_path, sizeof address.sun_path, "/tmp/%s", id);
	if (length < 0 || (size_t)length >= sizeof address.sun_path)
		return -1;
	for (int tries = 0; tries < 30000 && getppid() == host; tries++) {
		const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0)
			return -1;
		if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
			(void)unlink(address.sun_path);
			return fd;
		}
		(void)close(fd);
		(void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	}
	return -1;
}

/* Starts the card; its end of the line, or -1. */
static int start_card(int host)
{
	int   line[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0)
		return -1;
	pid = fork();
	if (pid < 0)
		return -1;
	if (pid == 0) {
		(void)close(line[0]);
		(void)close(host);
		(void)prctl(PR_SET_NAME, "taut_card");
		taut_card(line[1]);
	}
	(void)close(line[1]);
	return line[0];
}

/* One request to the card and back; false when there is no card behind the line. */
static bool ask_card(int card, uint32_t call, const taut_bytes *message, taut_bytes *reply)
{
	return card >= 0 && taut_write_request(card, call, message) && taut_read_reply(card, reply);
}

static void report_loss(void)
{
	int status = 0;

	(void)wait(&status);
	if (WIFSIGNALED(status))
		(void)fprintf(stderr,
		              "emulated card: killed by signal %d; the bus answers with ones\n",
		              WTERMSIG(status));
	else
		(void)fprintf(stderr,
		              "emulated card: ended with status %d; the bus answers with ones\n",
		              WEXITSTATUS(status));
}

int main(void)
{
	const int    ignored[] = {SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGHUP};
	taut_bytes   message = {0}, reply = {0};
	taut_message request;
	uint32_t     call = 0;
	bool         last = false;
	int          host, card;

	/* A signal to the whole group is the host's to act upon; its end is ours. */
	for (size_t k = 0; k < sizeof ignored / sizeof *ignored; k++)
		(void)signal(ignored[k], SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	host = connect_host();
	if (host < 0)
		return 1;
	card = start_card(host);
	while (!last && taut_read_request(host, &call, &message)) {
		if (!taut_message_decode(&request, message.data, message.size))
			break;
		last = call == TAUT_CALL_CLOSE && request.number[3] != 0;
		if (!ask_card(card, call, &message, &reply)) {
			if (card >= 0) {
				(void)close(card);
				report_loss();
			}
			card = -1;
			reply.size = 0;
			if (!taut_answer_of_nobody(&reply, call, &request))
				break;
		}
		if (!taut_write_reply(host, &reply))
			break;
	}
	free(message.data);
	free(reply.data);
	return 0;
}
