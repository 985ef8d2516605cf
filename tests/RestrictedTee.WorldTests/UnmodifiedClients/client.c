/* A client as one would be written for a machine with a TEE: it knows Linux's tee.h and nothing of RestrictedTee. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct version { uint32_t impl_id, impl_caps, gen_caps; };
struct shm { uint64_t size; uint32_t flags; int32_t id; };
struct registration { uint64_t addr, length; uint32_t flags; int32_t id; };
struct buffer { uint64_t ptr, len; };
struct param { uint64_t attr, a, b, c; };
struct open_session { uint8_t uuid[16], clnt_uuid[16]; uint32_t clnt_login, cancel_id, session, ret, ret_origin, num_params; struct param params[4]; };
struct invoke { uint32_t func, session, cancel_id, ret, ret_origin, num_params; struct param params[4]; };
struct rstmem { uint64_t size; uint32_t flags, use_case; int32_t id; };
struct heap { uint64_t len; uint32_t fd, fd_flags; uint64_t heap_flags; };

#define VERSION _IOR(0xa4, 0, struct version)
#define SHM_ALLOC _IOWR(0xa4, 1, struct shm)
#define OPEN_SESSION _IOR(0xa4, 2, struct buffer)
#define INVOKE _IOR(0xa4, 3, struct buffer)
#define SHM_REGISTER _IOWR(0xa4, 9, struct registration)
#define RSTMEM_ALLOC _IOWR(0xa4, 10, struct rstmem)
#define HEAP_ALLOC _IOWR('H', 0, struct heap)

static const uint8_t hello[16] = { 0x8a, 0xaa, 0xf2, 0x00, 0x24, 0x50, 0x11, 0xe4, 0xab, 0xe2, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b };
static const uint8_t crypt_ta[16] = { 0xcb, 0x3e, 0x5b, 0xa0, 0xad, 0xf1, 0x11, 0xe0, 0x99, 0x8b, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b };
static const uint8_t os_test[16] = { 0x5b, 0x9e, 0x0e, 0x40, 0x26, 0x36, 0x11, 0xe1, 0xad, 0x9e, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b };

static const char *outcome(int result) { return result < 0 ? strerror(errno) : "done"; }

static uint32_t session_of(int tee, const uint8_t *uuid)
{
	struct open_session arg = { .num_params = 4 };
	struct buffer buf = { (uintptr_t)&arg, sizeof(arg) };
	memcpy(arg.uuid, uuid, sizeof(arg.uuid));
	if (ioctl(tee, OPEN_SESSION, &buf) || arg.ret) {
		printf("no session: %s, 0x%x\n", strerror(errno), arg.ret);
		exit(1);
	}
	return arg.session;
}

static uint32_t call(int tee, uint32_t session, uint32_t func, struct param *params)
{
	struct invoke arg = { .func = func, .session = session, .num_params = 4 };
	struct buffer buf = { (uintptr_t)&arg, sizeof(arg) };
	memcpy(arg.params, params, sizeof(arg.params));
	if (ioctl(tee, INVOKE, &buf)) {
		printf("no invoke: %s\n", strerror(errno));
		exit(1);
	}
	memcpy(params, arg.params, sizeof(arg.params));
	return arg.ret;
}

static uint64_t increment(int tee, uint32_t session, uint64_t value)
{
	struct param params[4] = { { 3, value } };
	return call(tee, session, 0, params) ? 0 : params[0].a;
}

static void print_digest(const uint8_t *digest)
{
	for (int i = 0; i < 32; i++)
		printf("%02x", digest[i]);
	printf("\n");
}

static int run_hello(int tee)
{
	struct version version;
	ioctl(tee, VERSION, &version);
	printf("implementation %u, capabilities 0x%x\n", version.impl_id, version.gen_caps);
	struct rstmem rstmem = { 4096, 0, 1, 0 };
	printf("rstmem %s\n", outcome(ioctl(tee, RSTMEM_ALLOC, &rstmem)));
	printf("41 becomes %lu\n", (unsigned long)increment(tee, session_of(tee, hello), 41));
	return 7;
}

/* A digest of memory that both sides have, before and after it has changed, into the same memory. */
static int run_shared(int tee)
{
	struct shm shm = { .size = 8192 };
	int fd = ioctl(tee, SHM_ALLOC, &shm);
	uint8_t *bytes = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	uint32_t session = session_of(tee, crypt_ta);
	if (bytes == MAP_FAILED)
		return 1;
	close(fd);
	for (int round = 0; round < 2; round++) {
		struct param params[4] = { { 5, 0, 4096, shm.id }, { 6, 4096, 32, shm.id } };
		memset(bytes, 'a' + round, 4096);
		if (call(tee, session, 2, params))
			return 1;
		print_digest(bytes + 4096);
	}
	return 0;
}

/* The same with memory of one's own. */
static int run_registered(int tee)
{
	uint8_t *bytes = aligned_alloc(4096, 8192);
	struct registration reg = { (uintptr_t)bytes, 8192, 0, 0 };
	int fd = ioctl(tee, SHM_REGISTER, &reg);
	struct param params[4] = { { 5, 0, 4096, reg.id }, { 6, 4096, 32, reg.id } };
	memset(bytes, 'a', 4096);
	if (fd < 0 || call(tee, session_of(tee, crypt_ta), 2, params))
		return 1;
	print_digest(bytes + 4096);
	return close(fd);
}

static int run_errors(int tee)
{
	struct buffer beyond = { 8, sizeof(struct invoke) }, endless = { (uintptr_t)&beyond, 1 << 20 };
	struct shm none = { 0 };
	printf("bad pointer: %s\n", outcome(ioctl(tee, INVOKE, (void *)8)));
	printf("bad buffer: %s\n", outcome(ioctl(tee, INVOKE, &beyond)));
	printf("endless buffer: %s\n", outcome(ioctl(tee, INVOKE, &endless)));
	printf("no such request: %s\n", outcome(ioctl(tee, _IO(0xa4, 77))));
	printf("no memory: %s\n", outcome(ioctl(tee, SHM_ALLOC, &none)));
	printf("no device: %s\n", outcome(open("/dev/tee9", O_RDWR)));
	printf("no heap: %s\n", outcome(open("/dev/dma_heap/nothing", O_RDWR)));
	printf("another file: %s\n", outcome(ioctl(0, _IOR(0xa4, 0, struct version), &none)));
	return 0;
}

static int run_heap(void)
{
	int fd = open("/dev/dma_heap/protected,secure-video", O_RDONLY | O_CLOEXEC);
	struct heap heap = { .len = 5000, .fd_flags = O_RDWR | O_CLOEXEC };
	int result = ioctl(fd, HEAP_ALLOC, &heap);
	void *view = mmap(NULL, 4096, PROT_READ, MAP_SHARED, heap.fd, 0);
	printf("%s, %s\n", outcome(result), view == MAP_FAILED ? "not mapped" : "mapped");
	return 0;
}

struct sync { uint64_t flags; };
#define DMA_BUF_SYNC _IOW('b', 0, struct sync)

/* Ordinary memory of the system heap, as the kernel's own test of heaps has it: mapped, zeroed, and the same for who gets the descriptor. */
static int run_system_heap(void)
{
	for (int round = 0; round < 50; round++) {
		int fd = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
		struct heap heap = { .len = 1 << 20, .fd_flags = O_RDWR | O_CLOEXEC };
		struct sync begin = { 7 & ~4 }, end = { 7 }, wrong = { 8 };
		if (ioctl(fd, HEAP_ALLOC, &heap))
			return 1;
		uint8_t *view = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, heap.fd, 0), *second;
		if (view == MAP_FAILED || ioctl(heap.fd, DMA_BUF_SYNC, &begin))
			return 2;
		for (int i = 0; i < 1 << 20; i++)
			if (view[i])
				return 3;
		memset(view, 0x5a, 1 << 20);
		second = mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED, heap.fd, 0);
		if (second[4097] != 0x5a || ioctl(heap.fd, DMA_BUF_SYNC, &end) || ioctl(heap.fd, DMA_BUF_SYNC, &wrong) != -1 || errno != EINVAL)
			return 4;
		munmap(view, 1 << 20);
		munmap(second, 1 << 20);
		close(heap.fd);
		close(fd);
	}
	/* Of a header before heap_flags, and of one after something that is not thought of yet. */
	struct { uint64_t len; uint32_t fd, fd_flags; } older = { 4096, 0, O_RDWR };
	struct { struct heap known; uint64_t more[3]; } newer = { { 4096, 0, O_RDWR, 0 }, { 1, 2, 3 } };
	int fd = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
	if (ioctl(fd, _IOWR('H', 0, older), &older) || ioctl(fd, _IOWR('H', 0, newer), &newer) || older.fd == newer.known.fd || newer.more[2] != 3)
		return 5;
	if (ioctl(fd, _IO('H', 1)) != -1 || errno != EINVAL)
		return 6;
	printf("50 buffers\n");
	return 0;
}

/* More of it than there is at once. */
static int run_churn(int tee, int count)
{
	for (int i = 0; i < count; i++) {
		struct shm shm = { .size = 1 << 20 };
		int fd = ioctl(tee, SHM_ALLOC, &shm);
		uint8_t *bytes = fd < 0 ? MAP_FAILED : mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (bytes == MAP_FAILED) {
			printf("%d: %s\n", i, strerror(errno));
			return 1;
		}
		close(fd);
		bytes[0] = 1;
		munmap(bytes, 1 << 20);
	}
	printf("%d times\n", count);
	return 0;
}

/* Sessions are of the open file, whoever has it. */
static int run_fork(int tee)
{
	uint32_t session = session_of(tee, hello);
	int copy = dup(tee), status;
	close(tee);
	if (!fork())
		_exit((int)increment(copy, session, 1));
	wait(&status);
	printf("the child got %d, its parent %lu\n", WEXITSTATUS(status), (unsigned long)increment(copy, session, 2));
	return 0;
}

static void *increments(void *tee)
{
	uint32_t session = session_of(*(int *)tee, hello);
	for (uint64_t i = 0; i < 200; i++) {
		if (increment(*(int *)tee, session, i) != i + 1)
			exit(1);
	}
	return NULL;
}

static int run_threads(int tee)
{
	pthread_t threads[64];
	for (int i = 0; i < 64; i++)
		pthread_create(&threads[i], NULL, increments, &tee);
	for (int i = 0; i < 64; i++)
		pthread_join(threads[i], NULL);
	printf("64 threads\n");
	return 0;
}

/* Waits in a trusted application until it is killed. */
static int run_wait(int tee)
{
	struct param params[4] = { { 1, 600000 } };
	uint32_t session = session_of(tee, os_test);
	printf("waiting\n");
	fflush(stdout);
	return (int)call(tee, session, 9, params);
}

/* What Linux only reads may lie in memory that cannot be written; where it writes, it is refused, and leaves nothing behind. */
static int run_read_only(int tee)
{
	struct open_session *arg = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct buffer *buf = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int refused = 0;
	*buf = (struct buffer) { (uintptr_t)arg, sizeof(*arg) };
	*arg = (struct open_session) { .num_params = 4 };
	memcpy(arg->uuid, hello, sizeof(hello));
	mprotect(buf, 4096, PROT_READ);
	printf("the reference: %s, ", outcome(ioctl(tee, OPEN_SESSION, buf)));
	mprotect(arg, 4096, PROT_READ);
	for (int i = 0; i < 400; i++)
		refused += ioctl(tee, OPEN_SESSION, buf) < 0 && errno == EFAULT;
	mprotect(arg, 4096, PROT_READ | PROT_WRITE);
	printf("%d refused, ", refused);
	printf("the next: %s, 0x%x\n", outcome(ioctl(tee, OPEN_SESSION, buf)), arg->ret);
	return 0;
}

int main(int argc, char **argv)
{
	int tee = open("/dev/tee0", O_RDWR | O_CLOEXEC);
	if (tee < 0) {
		printf("no TEE: %s\n", strerror(errno));
		return 1;
	}
	const char *what = argc > 1 ? argv[1] : "";
	return !strcmp(what, "hello") ? run_hello(tee) : !strcmp(what, "shared") ? run_shared(tee) : !strcmp(what, "registered") ? run_registered(tee)
		: !strcmp(what, "errors") ? run_errors(tee) : !strcmp(what, "heap") ? run_heap() : !strcmp(what, "system-heap") ? run_system_heap() : !strcmp(what, "churn") ? run_churn(tee, atoi(argv[2]))
		: !strcmp(what, "read-only") ? run_read_only(tee) : !strcmp(what, "fork") ? run_fork(tee) : !strcmp(what, "threads") ? run_threads(tee) : !strcmp(what, "wait") ? run_wait(tee) : 2;
}
