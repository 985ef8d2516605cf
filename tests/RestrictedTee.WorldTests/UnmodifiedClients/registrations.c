/* A client that registers memory of its own, and expects it to be shared. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct registration { uint64_t addr, length; uint32_t flags; int32_t id; };
struct buffer { uint64_t ptr, len; };
struct param { uint64_t attr, a, b, c; };
struct open_session { uint8_t uuid[16], clnt_uuid[16]; uint32_t clnt_login, cancel_id, session, ret, ret_origin, num_params; struct param params[4]; };
struct invoke { uint32_t func, session, cancel_id, ret, ret_origin, num_params; struct param params[4]; };

#define OPEN_SESSION _IOR(0xa4, 2, struct buffer)
#define INVOKE _IOR(0xa4, 3, struct buffer)
#define SHM_REGISTER _IOWR(0xa4, 9, struct registration)
#define PAGE 4096

static const uint8_t concurrent[16] = { 0xe1, 0x30, 0x10, 0xe0, 0x2a, 0xe1, 0x11, 0xe5, 0x89, 0x6a, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b };
static int tee;

static void fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static uint32_t new_session(void)
{
	struct open_session arg = { .num_params = 4 };
	struct buffer buf = { (uintptr_t)&arg, sizeof(arg) };
	memcpy(arg.uuid, concurrent, sizeof(arg.uuid));
	if (ioctl(tee, OPEN_SESSION, &buf) || arg.ret)
		fail("no session");
	return arg.session;
}

static int registered(void *memory, size_t length, int *id)
{
	struct registration reg = { (uintptr_t)memory, length, 0, 0 };
	int fd = ioctl(tee, SHM_REGISTER, &reg);
	*id = reg.id;
	return fd;
}

static const char *outcome(int fd) { return fd < 0 ? strerror(errno) : "done"; }

/* Adds one to the counter at an offset, waits for some rounds and takes one away; says how much it was in between. */
static uint32_t count(uint32_t session, int id, size_t offset, uint32_t rounds)
{
	struct invoke arg = { .func = 0, .session = session, .num_params = 4, .params = { { 7, offset, 4, id }, { 3, rounds } } };
	struct buffer buf = { (uintptr_t)&arg, sizeof(arg) };
	if (ioctl(tee, INVOKE, &buf) || arg.ret)
		fail("no invoke");
	return (uint32_t)arg.params[1].b;
}

static volatile int done;

static void *long_call(void *session_and_id)
{
	uint32_t *both = session_and_id;
	count(both[0], (int)both[1], 0, 20000000);
	done = 1;
	return NULL;
}

/* What the TA writes is there while its call still lasts, and what is written here is what it goes on with. */
static int run_meanwhile(void)
{
	_Atomic uint32_t *counter = aligned_alloc(PAGE, PAGE);
	uint32_t both[2] = { new_session() };
	pthread_t thread;
	int id;
	*counter = 5;
	if (registered((void *)counter, PAGE, &id) < 0)
		fail("not registered");
	both[1] = id;
	pthread_create(&thread, NULL, long_call, both);
	while (!done && *counter != 6)
		;
	printf("%u in the call\n", done ? 0 : *counter);
	*counter = 100;
	pthread_join(thread, NULL);
	printf("%u after it\n", *counter);
	return 0;
}

/* A part of a page among others, two registrations that overlap, and one of a part of what is registered. */
static int run_overlapping(void)
{
	uint8_t *memory = aligned_alloc(PAGE, 4 * PAGE);
	uint32_t session = new_session();
	int first, second, part;
	memset(memory, 0x11, 4 * PAGE);
	if (registered(memory + 100, 2 * PAGE, &first) < 0 || registered(memory + PAGE + 8, 2 * PAGE, &second) < 0 || registered(memory + PAGE, 64, &part) < 0)
		fail("not registered");
	*(uint32_t *)(memory + PAGE + 8) = 41;
	printf("%u by the first, ", count(session, first, PAGE - 92, 1));
	*(uint32_t *)(memory + PAGE + 8) = 51;
	printf("%u by the second, ", count(session, second, 0, 1));
	*(uint32_t *)(memory + PAGE + 8) = 61;
	printf("%u by the part, ", count(session, part, 8, 1));
	*(uint32_t *)(memory + 3 * PAGE) = 71;
	printf("%u at the end\n", count(session, second, 2 * PAGE - 8, 1));
	int others = 0;
	for (int i = 0; i < 4 * PAGE; i++)
		others += memory[i] == 0x11;
	printf("%d bytes as they were\n", others);
	return 0;
}

static volatile int stop;
static uint64_t *neighbours;

static void *write_neighbour(void *index)
{
	uint64_t *mine = neighbours + (uintptr_t)index;
	while (!stop)
		++*(volatile uint64_t *)mine;
	return NULL;
}

/* Threads that write in the very pages while these are registered, again and again, lose nothing. */
static int run_neighbours(void)
{
	pthread_t threads[3];
	neighbours = aligned_alloc(PAGE, 3 * PAGE);
	memset(neighbours, 0, 3 * PAGE);
	for (uintptr_t i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, write_neighbour, (void *)(i * PAGE / 8));
	uint64_t before[3] = { 0 };
	int backwards = 0;
	for (int round = 0; round < 30; round++) {
		int id, fd = registered(aligned_alloc(PAGE, PAGE), PAGE, &id), own = registered((uint8_t *)neighbours + 8, 3 * PAGE - 8, &id);
		if (fd < 0 || own < 0)
			fail("not registered");
		for (int i = 0; i < 3; i++) {
			uint64_t now = *(volatile uint64_t *)(neighbours + i * PAGE / 8);
			backwards += now < before[i];
			before[i] = now;
		}
		close(own);
		close(fd);
		usleep(round == 15 ? 2500000 : 1000);
	}
	stop = 1;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("%d times back, %s\n", backwards, before[0] && before[1] && before[2] ? "all counted" : "one stood still");
	return 0;
}

/* A child has its own of what its parent has registered. */
static int run_fork(void)
{
	uint32_t *memory = aligned_alloc(PAGE, PAGE);
	int id, fd;
	memory[0] = 7;
	if ((fd = registered(memory, PAGE, &id)) < 0)
		fail("not registered");
	for (int round = 0; round < 2; round++) {
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			memory[0] += 100;
			printf("%u in the child, ", memory[0]);
			fflush(stdout);
			_exit(0);
		}
		waitpid(child, NULL, 0);
		printf("%u here, ", memory[0]);
		close(fd);
		usleep(2500000);
		memory[0]++;
	}
	printf("%u\n", memory[0]);
	return 0;
}

/* Kills all children of its parent but itself, as soon as there are some. */
static void kill_siblings(pid_t parent)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	for (;;) {
		FILE *children = fopen(path, "r");
		int child;
		if (!children)
			exit(0);
		while (fscanf(children, "%d", &child) == 1)
			if (child != getpid())
				kill(child, SIGKILL);
		fclose(children);
	}
}

/* Children that are killed while they get pages of their own harm nobody. */
static int run_killed(void)
{
	const size_t size = 64 << 20;
	uint8_t *memory = aligned_alloc(PAGE, size);
	int id, killed = 0, status;
	memset(memory, 7, size);
	pid_t parent = getpid(), killer = fork();
	if (killer == 0)
		kill_siblings(parent);
	if (registered(memory, size, &id) < 0)
		fail("not registered");
	for (int round = 0; round < 10; round++) {
		pid_t child = fork();
		if (child == 0) {
			pause();
			_exit(0);
		}
		killed += waitpid(child, &status, 0) == child && WIFSIGNALED(status);
	}
	kill(killer, SIGKILL);
	waitpid(killer, NULL, 0);
	printf("%d killed, %d is left\n", killed, memory[size - 1]);
	return 0;
}

static uint32_t initialised[2 * PAGE] = { 1 };
static const uint32_t constant[2 * PAGE] = { 1 };

static int run_kinds(void)
{
	uint32_t session = new_session(), on_stack[8] = { 3 };
	int id, hole = open("/dev/zero", O_RDONLY);
	uint8_t *mapped = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	close(hole);
	munmap(mapped + PAGE, PAGE);
	initialised[0] = 10;
	shared[0] = 20;
	printf("data: %s, ", outcome(registered(initialised, 64, &id)));
	printf("%u\n", count(session, id, 0, 1));
	printf("stack: %s, ", outcome(registered(on_stack, sizeof(on_stack), &id)));
	printf("%u\n", count(session, id, 0, 1));
	printf("shared already: %s, ", outcome(registered(shared, PAGE, &id)));
	printf("%u\n", count(session, id, 0, 1));
	printf("constants: %s\n", outcome(registered((void *)constant, 64, &id)));
	printf("with a hole: %s\n", outcome(registered(mapped, 3 * PAGE, &id)));
	printf("nowhere: %s\n", outcome(registered((void *)~0xfffUL, 64, &id)));
	printf("nothing: %s\n", outcome(registered(mapped, 0, &id)));
	return 0;
}

static int epoll, waited;
static _Atomic int waiter;

static void *wait_for_event(void *unused)
{
	struct epoll_event event;
	waiter = (int)syscall(SYS_gettid);
	waited = epoll_wait(epoll, &event, 1, -1);
	return unused;
}

static int is_asleep(int thread)
{
	char path[64], line[512] = "";
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
	FILE *stat = fopen(path, "r");
	char *end = stat && fgets(line, sizeof(line), stat) ? strrchr(line, ')') : NULL;
	if (stat)
		fclose(stat);
	return end && end[2] == 'S';
}

static int has_bank(void)
{
	char line[512];
	int found = 0;
	FILE *maps = fopen("/proc/self/maps", "r");
	while (maps && fgets(line, sizeof(line), maps))
		found |= strstr(line, "restricted-tee shm") != NULL;
	if (maps)
		fclose(maps);
	return found;
}

/* Threads that wait for something while pages are exchanged, there and back, go on waiting for it. */
static int run_waiting(void)
{
	int id, fd, event = eventfd(0, 0), cut = 0;
	struct epoll_event interest = { .events = EPOLLIN };
	pthread_t thread;
	epoll = epoll_create1(0);
	epoll_ctl(epoll, EPOLL_CTL_ADD, event, &interest);
	pthread_create(&thread, NULL, wait_for_event, NULL);
	while (!waiter || !is_asleep(waiter))
		;
	if ((fd = registered(aligned_alloc(PAGE, PAGE), PAGE, &id)) < 0)
		fail("not registered");
	printf("%s, ", has_bank() ? "shared" : "copied");
	close(fd);
	for (int i = 0; i < 300 && has_bank(); i++)
		cut += nanosleep(&(struct timespec) { .tv_nsec = 100000000 }, NULL) != 0;
	printf("%s, ", has_bank() ? "not given back" : "given back");
	eventfd_write(event, 1);
	pthread_join(thread, NULL);
	printf("%d event, %d sleeps cut short\n", waited, cut);
	return 0;
}

static int run_again(int rounds)
{
	uint32_t session = new_session();
	uint32_t *memory = aligned_alloc(PAGE, PAGE);
	for (int round = 0; round < rounds; round++) {
		int id, fd = registered(memory, PAGE, &id);
		memory[0] = round;
		if (fd < 0 || count(session, id, 0, 1) != (uint32_t)round + 1)
			fail("not registered");
		close(fd);
	}
	printf("%d times\n", rounds);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	tee = open("/dev/tee0", O_RDWR | O_CLOEXEC);
	if (tee < 0)
		fail("no TEE");
	return !strcmp(what, "meanwhile") ? run_meanwhile() : !strcmp(what, "overlapping") ? run_overlapping() : !strcmp(what, "neighbours") ? run_neighbours()
		: !strcmp(what, "fork") ? run_fork() : !strcmp(what, "waiting") ? run_waiting() : !strcmp(what, "killed") ? run_killed() : !strcmp(what, "kinds") ? run_kinds() : !strcmp(what, "again") ? run_again(atoi(argv[2])) : 2;
}
