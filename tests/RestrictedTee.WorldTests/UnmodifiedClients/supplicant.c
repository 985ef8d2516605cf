/* A supplicant as one would be written for Linux's driver, together with the client that needs it. Trusted applications are files UUID.ta in a folder. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct shm { uint64_t size; uint32_t flags; int32_t id; };
struct buffer { uint64_t ptr, len; };
struct param { uint64_t attr, a, b, c; };
struct request { uint32_t func_or_ret, num_params; struct param params[5]; };
struct open_session { uint8_t uuid[16], clnt_uuid[16]; uint32_t clnt_login, cancel_id, session, ret, ret_origin, num_params; struct param params[4]; };

#define SHM_ALLOC _IOWR(0xa4, 1, struct shm)
#define OPEN_SESSION _IOR(0xa4, 2, struct buffer)
#define SUPPL_RECV _IOR(0xa4, 6, struct buffer)
#define SUPPL_SEND _IOR(0xa4, 7, struct buffer)

enum { LOAD_TA = 0, ALLOC = 6, FREE = 7, NOT_FOUND = 0xffff0008, SHORT_BUFFER = 0xffff0010, NOT_SUPPORTED = 0xffff000a, META = 0x100, META_VALUE = 0x103 };

static struct { int id, fd; uint8_t *bytes; uint64_t size; } memory[64];
static const char *folder;
static int loads, ids;

static int command(int fd, unsigned long what, struct request *request, uint32_t count)
{
	struct buffer buf = { (uintptr_t)request, 8 + count * sizeof(struct param) };
	return ioctl(fd, what, &buf);
}

static int find(int id)
{
	for (int i = 0; i < 64; i++)
		if (memory[i].id == id)
			return i;
	return -1;
}

static uint32_t load(struct param *params)
{
	uint8_t uuid[16];
	char path[512];
	int at = find((int)params[1].c);
	memcpy(uuid, &params[0].a, 16);
	int length = snprintf(path, sizeof(path), "%s/", folder);
	for (int i = 0; i < 16; i++)
		length += snprintf(path + length, sizeof(path) - (size_t)length, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
	snprintf(path + length, sizeof(path) - (size_t)length, ".ta");
	FILE *file = fopen(path, "rb");
	loads++;
	if (!file)
		return NOT_FOUND;
	fseek(file, 0, SEEK_END);
	uint64_t size = (uint64_t)ftell(file), room = params[1].b;
	params[1].b = size;
	rewind(file);
	uint32_t result = at >= 0 && size > room ? SHORT_BUFFER : 0;
	if (at >= 0 && !result && fread(memory[at].bytes + params[1].a, 1, size, file) != size)
		result = NOT_FOUND;
	fclose(file);
	return result;
}

static uint32_t allocate(int fd, struct param *param)
{
	struct shm shm = { .size = param->b };
	int free_slot = find(0);
	memory[free_slot].fd = ioctl(fd, SHM_ALLOC, &shm);
	memory[free_slot].bytes = mmap(NULL, shm.size, PROT_READ | PROT_WRITE, MAP_SHARED, memory[free_slot].fd, 0);
	memory[free_slot].size = shm.size;
	memory[free_slot].id = shm.id;
	param->c = (uint64_t)shm.id;
	return 0;
}

static uint32_t release(struct param *param)
{
	int at = find((int)param->b);
	if (at < 0)
		return NOT_FOUND;
	munmap(memory[at].bytes, memory[at].size);
	close(memory[at].fd);
	memory[at].id = 0;
	return 0;
}

/* Serves one request; dies with the first that has memory to fill. */
static void serve_one(int fd, int dies)
{
	struct request request = { .num_params = 5 };
	if (ids)
		request.params[0].attr = META;
	if (command(fd, SUPPL_RECV, &request, 5))
		exit(2);
	struct param *params = request.params + ids;
	if (ids && request.params[0].attr != META_VALUE)
		exit(3);
	if (dies && request.func_or_ret == LOAD_TA && find((int)params[1].c) >= 0)
		_exit(9);
	request.func_or_ret = request.func_or_ret == LOAD_TA ? load(params) : request.func_or_ret == ALLOC ? allocate(fd, params)
		: request.func_or_ret == FREE ? release(params) : NOT_SUPPORTED;
	if (command(fd, SUPPL_SEND, &request, request.num_params))
		exit(4);
}

static void *serve(void *fd)
{
	for (;;)
		serve_one(*(int *)fd, 0);
	return NULL;
}

/* Opens a session in a process of its own. */
static pid_t ask(const char *uuid)
{
	pid_t child = fork();
	if (child)
		return child;
	struct open_session arg = { .num_params = 4 };
	struct buffer buf = { (uintptr_t)&arg, sizeof(arg) };
	for (int i = 0, at = 0; i < 16; i++, at += 2) {
		at += uuid[at] == '-';
		sscanf(uuid + at, "%2hhx", &arg.uuid[i]);
	}
	int tee = open("/dev/tee0", O_RDWR | O_CLOEXEC);
	if (ioctl(tee, OPEN_SESSION, &buf))
		printf("no session: %s\n", strerror(errno));
	else
		printf("session: 0x%x\n", arg.ret);
	fflush(stdout);
	_exit(0);
}

/* Until a process is in the middle of its ioctl. */
static void wait_for_ioctl(pid_t pid)
{
	char path[64];
	long number = -1;
	unsigned long request = 0;
	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	while (number != SYS_ioctl || request != OPEN_SESSION) {
		FILE *file = fopen(path, "r");
		number = -1;
		if (file && fscanf(file, "%ld 0x%*x 0x%lx", &number, &request) != 2)
			number = -1;
		if (file)
			fclose(file);
		sched_yield();
	}
}

static void serve_in_background(void)
{
	static int fd;
	pthread_t thread;
	fd = open("/dev/teepriv0", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		printf("no supplicant: %s\n", strerror(errno));
	else
		pthread_create(&thread, NULL, serve, &fd);
}

static const char *outcome(int result) { return result < 0 ? strerror(errno) : "done"; }

static void run_errors(void)
{
	struct request request = { 0 };
	int fd = open("/dev/teepriv0", O_RDWR);
	printf("second: %s\n", outcome(open("/dev/teepriv0", O_RDWR)));
	printf("no room: %s\n", outcome(command(fd, SUPPL_RECV, &request, 0)));
	request.num_params = 1;
	request.params[0].attr = 3;
	printf("a room with content: %s\n", outcome(command(fd, SUPPL_RECV, &request, 1)));
	printf("nothing received: %s\n", outcome(command(fd, SUPPL_SEND, &request, 1)));
	request.params[0] = (struct param) { META_VALUE, 7 };
	printf("an id that is none: %s\n", outcome(command(fd, SUPPL_SEND, &request, 1)));
	printf("another's device: %s\n", outcome(command(open("/dev/tee0", O_RDWR), SUPPL_SEND, &request, 1)));
	close(fd);
}

int main(int argc, char **argv)
{
	const char *what = argv[1], *uuid = argc > 3 ? argv[3] : "";
	setvbuf(stdout, NULL, _IONBF, 0);
	folder = argc > 2 ? argv[2] : "";
	ids = !strstr(what, "-one-by-one");
	if (!strcmp(what, "errors"))
		run_errors();
	if (!strncmp(what, "serve", 5)) {
		serve_in_background();
		waitpid(ask(uuid), NULL, 0);
	}
	if (!strcmp(what, "late")) {
		pid_t client = ask(uuid);
		wait_for_ioctl(client);
		serve_in_background();
		waitpid(client, NULL, 0);
	}
	if (!strncmp(what, "die", 3)) {
		int status;
		pid_t first = fork();
		if (!first) {
			int fd = open("/dev/teepriv0", O_RDWR | O_CLOEXEC);
			for (;;)
				serve_one(fd, 1);
		}
		waitpid(ask(uuid), NULL, 0);
		waitpid(first, &status, 0);
		printf("the supplicant ended with %d\n", WEXITSTATUS(status));
		serve_in_background();
		waitpid(ask(uuid), NULL, 0);
	}
	if (!strcmp(what, "killed")) {
		int status;
		pid_t client = ask(uuid);
		wait_for_ioctl(client);
		kill(client, SIGKILL);
		waitpid(client, &status, 0);
		printf("killed by %d\n", WTERMSIG(status));
		if (argc > 4) {
			serve_in_background();
			waitpid(ask(argv[4]), NULL, 0);
			printf("%d loads\n", loads);
		}
	}
	return 0;
}
