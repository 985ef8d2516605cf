/* A program as one is written for OP-TEE's libteec: it knows its two headers and nothing of RestrictedTee. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <tee_client_api.h>
#include <tee_client_api_extensions.h>
#include <unistd.h>

/* What programs have compiled into them that were built with the original's header (x86-64 and arm64). */
#define HAS(type, member, at) _Static_assert(offsetof(type, member) == at, #type "." #member)
_Static_assert(sizeof(TEEC_Context) == 8 && sizeof(TEEC_Session) == 16 && sizeof(TEEC_SharedMemory) == 56, "sizes");
_Static_assert(sizeof(TEEC_Parameter) == 24 && sizeof(TEEC_Operation) == 112 && sizeof(TEEC_UUID) == 16, "sizes");
HAS(TEEC_SharedMemory, buffer, 0); HAS(TEEC_SharedMemory, size, 8); HAS(TEEC_SharedMemory, flags, 16); HAS(TEEC_SharedMemory, imp.id, 24);
HAS(TEEC_SharedMemory, imp.alloced_size, 32); HAS(TEEC_SharedMemory, imp.shadow_buffer, 40); HAS(TEEC_SharedMemory, imp.registered_fd, 48);
HAS(TEEC_Operation, started, 0); HAS(TEEC_Operation, paramTypes, 4); HAS(TEEC_Operation, params, 8); HAS(TEEC_Operation, imp.session, 104);
HAS(TEEC_Session, imp.ctx, 0); HAS(TEEC_Session, imp.session_id, 8); HAS(TEEC_RegisteredMemoryReference, offset, 16);

static const TEEC_UUID hello = { 0x8aaaf200, 0x2450, 0x11e4, { 0xab, 0xe2, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b } };
static const TEEC_UUID os_test = { 0x5b9e0e40, 0x2636, 0x11e1, { 0xad, 0x9e, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b } };
static const TEEC_UUID crypt_ta = { 0xcb3e5ba0, 0xadf1, 0x11e0, { 0x99, 0x8b, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b } };
static const TEEC_UUID nobody = { 1, 2, 3, { 4 } };

enum { INCREMENT = 0, NOTHING = 100, WAIT = 9, PANIC = 6, MIX = 12, NULLS = 19, ALLOCATE_OPERATION = 5, DIGEST_DO_FINAL = 13 };

static TEEC_Context tee;

static void say(const char *what, TEEC_Result result, const uint32_t *origin)
{
	if (origin)
		printf("%s: %08x from %u\n", what, result, *origin);
	else
		printf("%s: %08x\n", what, result);
	fflush(stdout);
}

static TEEC_Session session_of(const TEEC_UUID *uuid)
{
	TEEC_Session session;
	uint32_t origin = 0;
	TEEC_Result result = TEEC_OpenSession(&tee, &session, uuid, TEEC_LOGIN_PUBLIC, NULL, NULL, &origin);
	if (result) {
		say("no session", result, &origin);
		exit(1);
	}
	return session;
}

static uint32_t increment(TEEC_Session *session, uint32_t value)
{
	TEEC_Operation op = { .paramTypes = TEEC_VALUE_INOUT, .params[0].value.a = value };
	uint32_t origin;
	TEEC_Result result = TEEC_InvokeCommand(session, INCREMENT, &op, &origin);
	if (result)
		say("no increment", result, &origin);
	return op.params[0].value.a;
}

static int run_hello(void)
{
	TEEC_Session session = session_of(&hello);
	printf("41 becomes %u\n", increment(&session, 41));
	TEEC_CloseSession(&session);
	TEEC_FinalizeContext(&tee);
	return 7;
}

/* in, in/out and out of each kind; the TA computes out = ++inout + in. */
static void mix(TEEC_Session *session, const char *what, TEEC_Operation *op, const uint8_t *inout, const uint8_t *out)
{
	uint32_t origin;
	TEEC_Result result = TEEC_InvokeCommand(session, MIX, op, &origin);
	printf("%s: %x, inout %u %u, out %u %u\n", what, result, inout[0], inout[4], out[0], out[4]);
}

static int run_memory(void)
{
	TEEC_Session session = session_of(&os_test);
	uint8_t in[5] = { 1, 1, 1, 1, 5 }, inout[6] = { 10, 10, 10, 10, 50, 99 }, out[6] = { 0, 0, 0, 0, 0, 99 };
	TEEC_Operation op = { .paramTypes = TEEC_PARAM_TYPES(TEEC_MEMREF_TEMP_INPUT, TEEC_MEMREF_TEMP_INOUT, TEEC_MEMREF_TEMP_OUTPUT, TEEC_NONE) };
	op.params[0].tmpref = (TEEC_TempMemoryReference){ in, 5 };
	op.params[1].tmpref = (TEEC_TempMemoryReference){ inout, 5 };
	op.params[2].tmpref = (TEEC_TempMemoryReference){ out, 5 };
	mix(&session, "temporary", &op, inout, out);

	TEEC_SharedMemory own[3] = { { in, 5, TEEC_MEM_INPUT }, { inout, 5, TEEC_MEM_INPUT | TEEC_MEM_OUTPUT }, { out, 5, TEEC_MEM_OUTPUT } };
	for (int i = 0; i < 3; i++) {
		if (TEEC_RegisterSharedMemory(&tee, own + i))
			return 1;
		op.params[i].memref = (TEEC_RegisteredMemoryReference){ .parent = own + i, .size = 12345, .offset = 67890 };
	}
	op.paramTypes = TEEC_PARAM_TYPES(TEEC_MEMREF_WHOLE, TEEC_MEMREF_WHOLE, TEEC_MEMREF_WHOLE, TEEC_NONE);
	mix(&session, "registered", &op, inout, out);
	printf("sizes afterwards: %zu %zu %zu\n", op.params[0].memref.size, op.params[1].memref.size, op.params[2].memref.size);

	TEEC_SharedMemory shared = { .size = 8192, .flags = TEEC_MEM_INPUT | TEEC_MEM_OUTPUT };
	if (TEEC_AllocateSharedMemory(&tee, &shared))
		return 1;
	memset(shared.buffer, 1, 8192);
	for (int i = 0; i < 3; i++)
		op.params[i].memref = (TEEC_RegisteredMemoryReference){ &shared, 5, 4000 + 100 * i };
	op.paramTypes = TEEC_PARAM_TYPES(TEEC_MEMREF_PARTIAL_INPUT, TEEC_MEMREF_PARTIAL_INOUT, TEEC_MEMREF_PARTIAL_OUTPUT, TEEC_NONE);
	mix(&session, "partial", &op, (uint8_t *)shared.buffer + 4100, (uint8_t *)shared.buffer + 4200);
	printf("beside them: %u %u %u\n", ((uint8_t *)shared.buffer)[4099], ((uint8_t *)shared.buffer)[4105], inout[5] + out[5]);

	TEEC_ReleaseSharedMemory(&shared);
	TEEC_ReleaseSharedMemory(&shared);
	printf("released: %p, id %d\n", shared.buffer, shared.imp.id);
	for (int i = 0; i < 3; i++)
		TEEC_ReleaseSharedMemory(own + i);

	uint8_t none;
	TEEC_Operation nulls = { .paramTypes = TEEC_PARAM_TYPES(TEEC_MEMREF_TEMP_INPUT, TEEC_MEMREF_TEMP_INPUT, TEEC_MEMREF_TEMP_OUTPUT, TEEC_MEMREF_TEMP_OUTPUT) };
	nulls.params[0].tmpref.buffer = nulls.params[2].tmpref.buffer = &none;
	printf("none and null are two things: %x\n", TEEC_InvokeCommand(&session, NULLS, &nulls, NULL));
	TEEC_SharedMemory empty = { .buffer = &none, .flags = TEEC_MEM_INPUT | TEEC_MEM_OUTPUT };
	TEEC_SharedMemory empty_too = { .flags = TEEC_MEM_OUTPUT };
	if (TEEC_RegisterSharedMemory(&tee, &empty) || TEEC_AllocateSharedMemory(&tee, &empty_too) || !empty_too.buffer)
		return 1;
	nulls.params[0].memref.parent = &empty;
	nulls.params[2].memref.parent = &empty_too;
	nulls.paramTypes = TEEC_PARAM_TYPES(TEEC_MEMREF_WHOLE, TEEC_MEMREF_TEMP_INPUT, TEEC_MEMREF_WHOLE, TEEC_MEMREF_TEMP_OUTPUT);
	empty.flags = TEEC_MEM_INPUT; /* what stands in the structure counts */
	printf("registered and allocated, of no size: %x\n", TEEC_InvokeCommand(&session, NULLS, &nulls, NULL));

	TEEC_Session crypt = session_of(&crypt_ta);
	TEEC_Operation make = { .paramTypes = TEEC_PARAM_TYPES(TEEC_VALUE_INOUT, TEEC_VALUE_INPUT, TEEC_NONE, TEEC_NONE) };
	make.params[0].value.b = 0x50000004; /* TEE_ALG_SHA256 */
	make.params[1].value.a = 5; /* TEE_MODE_DIGEST */
	if (TEEC_InvokeCommand(&crypt, ALLOCATE_OPERATION, &make, NULL))
		return 1;
	TEEC_Operation sha = { .paramTypes = TEEC_PARAM_TYPES(TEEC_VALUE_INPUT, TEEC_MEMREF_TEMP_INPUT, TEEC_MEMREF_TEMP_OUTPUT, TEEC_NONE) };
	sha.params[0].value.a = make.params[0].value.a;
	sha.params[1].tmpref = (TEEC_TempMemoryReference){ in, 5 };
	sha.params[2].tmpref = (TEEC_TempMemoryReference){ out, 5 };
	uint32_t origin;
	TEEC_Result result = TEEC_InvokeCommand(&crypt, DIGEST_DO_FINAL, &sha, &origin);
	printf("too short: %x from %u, wants %zu\n", result, origin, sha.params[2].tmpref.size);
	return 0;
}

static TEEC_Result invoke(TEEC_Session *session, uint32_t types, TEEC_Parameter parameter, uint32_t *origin)
{
	TEEC_Operation op = { .paramTypes = types, .params[0] = parameter };
	*origin = 0;
	return TEEC_InvokeCommand(session, INCREMENT, &op, origin);
}

static int run_errors(void)
{
	TEEC_Session session = session_of(&hello), gone = session, made_up = session, none = { 0 };
	TEEC_Context other = { 0 }, stale;
	TEEC_SharedMemory shm = { .size = 100, .flags = TEEC_MEM_INPUT };
	uint32_t o = 0;
	say("no such name", TEEC_InitializeContext("trusty", &other), NULL);
	say("optee-tz", TEEC_InitializeContext("optee-tz", &other), NULL);
	say("no context", TEEC_InitializeContext(NULL, NULL), NULL);
	stale = other;
	TEEC_FinalizeContext(&other);
	TEEC_FinalizeContext(&other);
	TEEC_FinalizeContext(&stale);
	TEEC_FinalizeContext(NULL);
	say("no TA", TEEC_OpenSession(&tee, &gone, &nobody, TEEC_LOGIN_PUBLIC, NULL, NULL, &o), &o);
	say("open without context", TEEC_OpenSession(NULL, &gone, &hello, TEEC_LOGIN_PUBLIC, NULL, NULL, &o), &o);
	say("open on a closed one", TEEC_OpenSession(&stale, &gone, &hello, TEEC_LOGIN_PUBLIC, NULL, NULL, &o), &o);
	say("open without UUID", TEEC_OpenSession(&tee, &gone, NULL, TEEC_LOGIN_PUBLIC, NULL, NULL, &o), &o);
	say("open without group", TEEC_OpenSession(&tee, &gone, &hello, TEEC_LOGIN_GROUP, NULL, NULL, &o), &o);
	say("application login", TEEC_OpenSession(&tee, &gone, &hello, TEEC_LOGIN_APPLICATION, NULL, NULL, &o), &o);
	say("no session", TEEC_InvokeCommand(NULL, NOTHING, NULL, &o), &o);
	say("session of zeros", TEEC_InvokeCommand(&none, NOTHING, NULL, &o), &o);
	made_up.imp.session_id += 1000;
	say("made up session", TEEC_InvokeCommand(&made_up, NOTHING, NULL, &o), &o);
	say("no such command", TEEC_InvokeCommand(&session, 4711, NULL, &o), &o);
	say("no such type", invoke(&session, 8, (TEEC_Parameter){ 0 }, &o), &o);
	say("null with a size", invoke(&session, TEEC_MEMREF_TEMP_INPUT, (TEEC_Parameter){ .tmpref.size = 1 }, &o), &o);
	say("endless", invoke(&session, TEEC_MEMREF_TEMP_INPUT, (TEEC_Parameter){ .tmpref = { &o, SIZE_MAX } }, &o), &o);
	say("no parent", invoke(&session, TEEC_MEMREF_WHOLE, (TEEC_Parameter){ 0 }, &o), &o);
	say("allocate without flags", TEEC_AllocateSharedMemory(&tee, &(TEEC_SharedMemory){ .size = 1 }), NULL);
	say("register nothing", TEEC_RegisterSharedMemory(&tee, &(TEEC_SharedMemory){ .size = 1, .flags = 1 }), NULL);
	say("allocate too much", TEEC_AllocateSharedMemory(&tee, &(TEEC_SharedMemory){ .size = SIZE_MAX, .flags = 1 }), NULL);
	say("no dma-buf", TEEC_RegisterSharedMemoryFileDescriptor(&tee, &(TEEC_SharedMemory){ .flags = 1 }, 0), NULL);
	say("no descriptor", TEEC_RegisterSharedMemoryFileDescriptor(&tee, &(TEEC_SharedMemory){ .flags = 1 }, -1), NULL);
	say("allocate", TEEC_AllocateSharedMemory(&tee, &shm), NULL);
	say("not for output", invoke(&session, TEEC_MEMREF_PARTIAL_OUTPUT, (TEEC_Parameter){ .memref = { &shm, 10, 0 } }, &o), &o);
	say("beyond its end", invoke(&session, TEEC_MEMREF_PARTIAL_INPUT, (TEEC_Parameter){ .memref = { &shm, 10, 91 } }, &o), &o);
	say("around its end", invoke(&session, TEEC_MEMREF_PARTIAL_INPUT, (TEEC_Parameter){ .memref = { &shm, 10, SIZE_MAX - 5 } }, &o), &o);
	shm.size = 1 << 20;
	say("larger than it was", invoke(&session, TEEC_MEMREF_WHOLE, (TEEC_Parameter){ .memref.parent = &shm }, &o), &o);
	TEEC_ReleaseSharedMemory(&shm);
	say("released", invoke(&session, TEEC_MEMREF_WHOLE, (TEEC_Parameter){ .memref.parent = &shm }, &o), &o);
	TEEC_ReleaseSharedMemory(NULL);
	TEEC_RequestCancellation(NULL);
	TEEC_Operation garbage;
	memset(&garbage, 0xa5, sizeof(garbage));
	TEEC_RequestCancellation(&garbage);
	TEEC_CloseSession(NULL);
	TEEC_CloseSession(&none);
	TEEC_CloseSession(&session);
	TEEC_CloseSession(&session);
	say("closed session", TEEC_InvokeCommand(&session, NOTHING, NULL, &o), &o);
	session = session_of(&os_test);
	say("panic", TEEC_InvokeCommand(&session, PANIC, NULL, &o), &o);
	say("after it", TEEC_InvokeCommand(&session, NOTHING, NULL, &o), &o);
	return 0;
}

static void *call_often(void *unused)
{
	TEEC_Session session = session_of(&hello);
	long good = 0;
	for (uint32_t i = 0; i < 200; i++) {
		TEEC_SharedMemory shm = { .size = 4096, .flags = TEEC_MEM_INPUT };
		good += increment(&session, i) == i + 1 && !TEEC_AllocateSharedMemory(&tee, &shm);
		memset(shm.buffer, 0, 4096);
		TEEC_ReleaseSharedMemory(&shm);
	}
	TEEC_CloseSession(&session);
	(void)unused;
	return (void *)good;
}

static int run_threads(void)
{
	pthread_t threads[32];
	long good = 0;
	for (int i = 0; i < 32; i++)
		pthread_create(threads + i, NULL, call_often, NULL);
	for (int i = 0; i < 32; i++) {
		void *of_this;
		pthread_join(threads[i], &of_this);
		good += (long)of_this;
	}
	printf("%ld calls\n", good);
	return 0;
}

static TEEC_Operation waiting = { .paramTypes = TEEC_VALUE_INPUT, .params[0].value.a = 60000 };

static void *wait_there(void *session)
{
	uint32_t origin = 0;
	TEEC_Result result = TEEC_InvokeCommand(session, WAIT, &waiting, &origin);
	say("the wait", result, &origin);
	return NULL;
}

static int run_cancel(void)
{
	TEEC_Session session = session_of(&os_test);
	pthread_t thread;
	void *ended = &waiting;
	pthread_create(&thread, NULL, wait_there, &session);
	/* A wish may come before the call is under way, and is nobody's then; so it is repeated until the call has ended. */
	while (pthread_tryjoin_np(thread, &ended)) {
		TEEC_RequestCancellation(&waiting);
		usleep(1000);
	}
	TEEC_RequestCancellation(&waiting);
	return ended != NULL;
}

/* Tells that it waits, and what it hears when the TEE is gone; asks again afterwards. */
static int run_wait(void)
{
	TEEC_Session session = session_of(&os_test);
	TEEC_SharedMemory shm = { .size = 4096, .flags = TEEC_MEM_INPUT };
	uint32_t o = 0;
	printf("waiting\n");
	fflush(stdout);
	wait_there(&session);
	say("another call", TEEC_InvokeCommand(&session, NOTHING, NULL, &o), &o);
	say("another session", TEEC_OpenSession(&tee, &session, &hello, TEEC_LOGIN_PUBLIC, NULL, NULL, &o), &o);
	printf("more memory: %s\n", TEEC_AllocateSharedMemory(&tee, &shm) ? "none" : "some");
	TEEC_CloseSession(&session);
	TEEC_FinalizeContext(&tee);
	return 0;
}

/* Parent and child have the context and its session both, as they would have the open file. */
static int run_fork(void)
{
	TEEC_Session session = session_of(&hello);
	TEEC_SharedMemory shm = { .size = 4096, .flags = TEEC_MEM_INPUT | TEEC_MEM_OUTPUT };
	if (TEEC_AllocateSharedMemory(&tee, &shm))
		return 1;
	increment(&session, 1);
	fflush(stdout);
	pid_t child = fork();
	uint32_t last = 0;
	for (uint32_t i = 0; i < 2000; i++)
		last = increment(&session, child ? i : i + 10000);
	if (!child) {
		char *bytes = shm.buffer;
		bytes[0] = 'c';
		printf("the child got %u\n", last);
		TEEC_FinalizeContext(&tee);
		exit(0);
	}
	int status;
	waitpid(child, &status, 0);
	printf("its parent %u, and %c; status %d\n", last, *(char *)shm.buffer, status);
	printf("and goes on: %u\n", increment(&session, 6));
	return 0;
}

/* What a library has no business to change: what becomes of signals, and to which thread those go that the program waits for. */
static int run_guest(void)
{
	TEEC_Session session = session_of(&hello);
	TEEC_SharedMemory shm = { .size = 1 << 20, .flags = TEEC_MEM_INPUT };
	struct sigaction pipe_action, terminate_action;
	sigset_t terminate;
	if (TEEC_AllocateSharedMemory(&tee, &shm))
		return 1;
	TEEC_ReleaseSharedMemory(&shm);
	increment(&session, 1);
	sigaction(SIGPIPE, NULL, &pipe_action);
	sigaction(SIGTERM, NULL, &terminate_action);
	printf("as it was: %d %d\n", pipe_action.sa_handler == SIG_DFL, terminate_action.sa_handler == SIG_DFL);

	sigemptyset(&terminate);
	sigaddset(&terminate, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &terminate, NULL);
	kill(getpid(), SIGTERM);
	printf("waited for: %d\n", sigwaitinfo(&terminate, NULL) == SIGTERM);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	TEEC_Result result = TEEC_InitializeContext(NULL, &tee);
	if (result) {
		printf("no TEE: %08x\n", result);
		return 3;
	}
	return !strcmp(what, "hello") ? run_hello() : !strcmp(what, "memory") ? run_memory() : !strcmp(what, "errors") ? run_errors()
		: !strcmp(what, "threads") ? run_threads() : !strcmp(what, "cancel") ? run_cancel() : !strcmp(what, "wait") ? run_wait()
		: !strcmp(what, "fork") ? run_fork() : !strcmp(what, "guest") ? run_guest() : 2;
}
