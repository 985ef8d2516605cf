/* Asks the core for tests of itself that not every core has, as regression 1001 and 1020 of the original do; and panics one instance from three threads, as 1040 does. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct buffer { uint64_t ptr, len; };
struct param { uint64_t attr, a, b, c; };
struct open_session { uint8_t uuid[16], clnt_uuid[16]; uint32_t clnt_login, cancel_id, session, ret, ret_origin, num_params; };
struct invoke { uint32_t func, session, cancel_id, ret, ret_origin, num_params; struct param params[1]; };

#define OPEN_SESSION _IOR(0xa4, 2, struct buffer)
#define INVOKE _IOR(0xa4, 3, struct buffer)
#define CLOSE_SESSION _IOR(0xa4, 5, uint32_t)

enum { TARGET_DEAD = 0xffff3024, MEMREF_INPUT = 5, THREADS = 3, ROUNDS = 50 };

static const uint8_t invoke_tests[16] = { 0xd9, 0x6a, 0x5b, 0x40, 0xc3, 0xe5, 0x21, 0xe3, 0x87, 0x94, 0x10, 0x02, 0xa5, 0xd5, 0xc6, 0x1b };
static const uint8_t sims[16] = { 0xe6, 0xa3, 0x3e, 0xd4, 0x56, 0x2b, 0x46, 0x3a, 0xbb, 0x7e, 0xff, 0x5e, 0x15, 0xa4, 0x93, 0xc8 };
static int tee;

static uint32_t open_session(const uint8_t *uuid, uint32_t *session)
{
	struct open_session arg = { .num_params = 0 };
	struct buffer buf = { (uintptr_t)&arg, sizeof(arg) };
	memcpy(arg.uuid, uuid, sizeof(arg.uuid));
	if (ioctl(tee, OPEN_SESSION, &buf))
		return (uint32_t)errno;
	*session = arg.session;
	return arg.ret;
}

static uint32_t call(uint32_t session, uint32_t func, uint32_t *origin, uint32_t num_params)
{
	struct invoke arg = { .func = func, .session = session, .num_params = num_params, .params = { { MEMREF_INPUT, 0, 0, (uint64_t)-1 } } };
	struct buffer buf = { (uintptr_t)&arg, sizeof(arg) - (1 - num_params) * sizeof(struct param) };
	if (ioctl(tee, INVOKE, &buf))
		return (uint32_t)errno;
	*origin = arg.ret_origin;
	return arg.ret;
}

static void *panic_again_and_again(void *result)
{
	uint32_t session = 0, origin = 0;
	for (int done = 0; done < ROUNDS;) {
		uint32_t opened = open_session(sims, &session);
		if (opened == TARGET_DEAD)
			continue;
		uint32_t panicked = opened ? opened : call(session, 4, &origin, 1);
		if (!opened)
			ioctl(tee, CLOSE_SESSION, &session);
		if (panicked != TARGET_DEAD) {
			*(uint32_t *)result = panicked ? panicked : 1;
			return NULL;
		}
		done++;
	}
	return NULL;
}

int main(void)
{
	static const struct { const char *name; uint32_t func; } tests[] = { { "core", 2 }, { "lockdep", 8 }, { "dt_driver", 11 }, { "transfer list", 12 } };
	uint32_t session = 0, origin = 0, results[THREADS] = { 0 };
	pthread_t threads[THREADS];
	tee = open("/dev/tee0", O_RDWR);
	if (open_session(invoke_tests, &session))
		return 1;
	for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		uint32_t result = call(session, tests[i].func, &origin, 0);
		printf("%s: 0x%x from %u\n", tests[i].name, result, origin);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, panic_again_and_again, &results[i]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("panics: 0x%x, 0x%x, 0x%x\n", results[0], results[1], results[2]);
	return 0;
}
