/* A client whose threads wait, fork, end and use up what there is while its memory is registered. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct registration { uint64_t addr, length; uint32_t flags; int32_t id; };

#define SHM_REGISTER _IOWR(0xa4, 9, struct registration)
#define PAGE 4096
#define MANY 64

static int device;

static void *pages(size_t length) { return mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }

static int registered(void *memory, size_t length)
{
	struct registration reg = { (uintptr_t)memory, length, 0, 0 };
	return ioctl(device, SHM_REGISTER, &reg);
}

static int is_shared(void *memory)
{
	char line[512], rights[8];
	unsigned long from, to;
	int shared = 0;
	FILE *maps = fopen("/proc/self/maps", "r");
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && from <= (uintptr_t)memory && (uintptr_t)memory < to)
			shared = rights[3] == 's';
	}
	fclose(maps);
	return shared;
}

static int descriptors_of_the_supervisor(void)
{
	char path[64];
	int count = 0;
	snprintf(path, sizeof(path), "/proc/%d/fd", getppid());
	DIR *folder = opendir(path);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static int descriptors, ended;

static void *wait_for_events(void *unused)
{
	struct epoll_event event;
	ended += epoll_wait(descriptors, &event, 1, -1) < 0;
	return unused;
}

static void *wait_for_signal(void *unused)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	ended += sigwaitinfo(&set, NULL) < 0;
	return unused;
}

static int run_waiting(void)
{
	pthread_t threads[2];
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	descriptors = epoll_create1(0);
	pthread_create(&threads[0], NULL, wait_for_events, NULL);
	pthread_create(&threads[1], NULL, wait_for_signal, NULL);
	for (int i = 0; i < 20; i++) {
		usleep(10000);
		close(registered(pages(PAGE), PAGE));
	}
	printf("%d interrupted\n", ended);
	fflush(stdout);
	_exit(0);
}

static void *register_often(void *unused)
{
	long copied = 0;
	for (int i = 0; i < 10; i++) {
		void *memory = pages(PAGE);
		int fd = registered(memory, PAGE);
		copied += fd < 0 || !is_shared(memory);
		close(fd);
	}
	return unused ? unused : (void *)copied;
}

static int run_crowd(void)
{
	pthread_t threads[16];
	long copied = 0;
	for (int i = 0; i < 16; i++)
		pthread_create(&threads[i], NULL, register_often, NULL);
	for (int i = 0; i < 16; i++) {
		void *result;
		pthread_join(threads[i], &result);
		copied += (long)result;
	}
	/* On a machine that is very busy a thread may not stand still in time, and memory is copied then. */
	printf("%s\n", copied <= 16 ? "shared" : "copied");
	return 0;
}

static void on_alarm(int signal) { (void)signal; }

static int run_timer(void)
{
	struct itimerval often = { { 0, 2000 }, { 0, 2000 } };
	uint32_t *memory = pages(PAGE);
	int fd = registered(memory, PAGE), status, own = 0;
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 10; i++) {
		pid_t child = fork();
		if (child == 0) {
			memory[0] = 1;
			_exit(0);
		}
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		own += memory[0] == 0;
	}
	printf("%d children, registered: %d\n", own, fd >= 0);
	return 0;
}

static int run_killed(void)
{
	for (int i = 0; i < 12; i++) {
		pid_t child = fork();
		if (child == 0) {
			size_t length = 64 << 20;
			char *memory = pages(length);
			setpgid(0, 0);
			memset(memory, 1, length);
			registered(memory, length);
			for (;;) {
				pid_t grandchild = fork();
				if (grandchild == 0)
					_exit(0);
				waitpid(grandchild, NULL, 0);
			}
		}
		setpgid(child, child);
		usleep(300000 + (37000 * i) % 50000);
		kill(-child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	printf("%s\n", open("/dev/tee0", O_RDWR) >= 0 ? "served" : strerror(errno));
	return 0;
}

static int run_steady(void)
{
	int before = descriptors_of_the_supervisor(), rounds = 0;
	time_t end = time(NULL) + 5;
	for (; time(NULL) < end; rounds++) {
		void *memory = pages(PAGE);
		close(registered(memory, PAGE));
		munmap(memory, PAGE);
		usleep(2000);
	}
	printf("%s\n", rounds > 10 && descriptors_of_the_supervisor() - before < rounds * 2 / 3 ? "given back meanwhile" : "kept");
	return 0;
}

static int run_greedy(void)
{
	int used = descriptors_of_the_supervisor(), fds[1000], count = 0;
	struct rlimit few = { used + 2 * MANY, used + 2 * MANY };
	prlimit(getppid(), RLIMIT_NOFILE, &few, NULL);
	while (count < 1000 && (fds[count] = open("/dev/tee0", O_RDWR)) >= 0)
		count++;
	printf("open: %s, ", strerror(errno));
	printf("register: %s, ", registered(pages(PAGE), PAGE) < 0 ? strerror(errno) : "done");
	for (int i = 0; i < count; i++)
		close(fds[i]);
	for (int i = 0; i < 1000 && (fds[0] = open("/dev/tee0", O_RDWR)) < 0; i++)
		usleep(10000);
	printf("later: %s\n", fds[0] >= 0 ? "done" : strerror(errno));
	return 0;
}

static int run_read(void)
{
	char byte;
	ssize_t length = read(device, &byte, 1);
	printf("%zd, %s\n", length, strerror(errno));
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	device = open("/dev/tee0", O_RDWR);
	if (device < 0)
		return 1;
	return !strcmp(what, "waiting") ? run_waiting() : !strcmp(what, "crowd") ? run_crowd() : !strcmp(what, "timer") ? run_timer() : !strcmp(what, "killed") ? run_killed()
		: !strcmp(what, "steady") ? run_steady() : !strcmp(what, "greedy") ? run_greedy() : !strcmp(what, "read") ? run_read() : 2;
}
