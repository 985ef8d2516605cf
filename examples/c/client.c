/*
 * A client of a TEE that knows Linux's <linux/tee.h> and nothing else: it opens /dev/tee0 and makes ioctls.
 * What is easier by far is the TEE Client API, a library over these calls; this is what happens below it.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/tee.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

/* Trusted applications are named by UUID, octet by octet as it is printed. */
static const uint8_t hello_world[] = { 0x8a, 0xaa, 0xf2, 0x00, 0x24, 0x50, 0x11, 0xe4, 0xab, 0xe2, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b };
static const uint8_t crypt_ta[] = { 0xcb, 0x3e, 0x5b, 0xa0, 0xad, 0xf1, 0x11, 0xe0, 0x99, 0x8b, 0x00, 0x02, 0xa5, 0xd5, 0xc5, 0x1b };

enum { INCREMENT = 0 };	/* of hello_world: one value, which grows by one */
enum { SHA256 = 2 };	/* of crypt_ta: a memref that is read, and one for the 32 bytes of the digest */

/* A call has up to four parameters, which follow its argument in memory. */
struct open_session {
	struct tee_ioctl_open_session_arg arg;
	struct tee_ioctl_param params[4];
};

struct invoke {
	struct tee_ioctl_invoke_arg arg;
	struct tee_ioctl_param params[4];
};

/* Whether the call was made is the ioctl's result and errno; what the TEE made of it is in the argument. */
static uint32_t open_session(int tee, const uint8_t *uuid)
{
	struct open_session call = { .arg = { .clnt_login = TEE_IOCTL_LOGIN_PUBLIC, .num_params = 4 } };
	struct tee_ioctl_buf_data buf = { .buf_ptr = (uintptr_t)&call, .buf_len = sizeof(call) };

	memcpy(call.arg.uuid, uuid, sizeof(call.arg.uuid));
	if (ioctl(tee, TEE_IOC_OPEN_SESSION, &buf))
		err(1, "TEE_IOC_OPEN_SESSION");
	if (call.arg.ret)
		errx(1, "no session: 0x%08x from origin %u", call.arg.ret, call.arg.ret_origin);
	return call.arg.session;
}

static void invoke(int tee, uint32_t session, uint32_t command, struct tee_ioctl_param params[4])
{
	struct invoke call = { .arg = { .func = command, .session = session, .num_params = 4 } };
	struct tee_ioctl_buf_data buf = { .buf_ptr = (uintptr_t)&call, .buf_len = sizeof(call) };

	memcpy(call.params, params, sizeof(call.params));
	if (ioctl(tee, TEE_IOC_INVOKE, &buf))
		err(1, "TEE_IOC_INVOKE");
	if (call.arg.ret)
		errx(1, "command %u failed: 0x%08x from origin %u", command, call.arg.ret, call.arg.ret_origin);
	memcpy(params, call.params, sizeof(call.params));
}

/* A memref names shared memory by its id: offset, size, id. Here the text comes first, and the digest goes behind it. */
static void digest(int tee, uint32_t session, uint8_t *memory, int id, const char *whose)
{
	const char text[] = "abc";
	const size_t length = strlen(text), room = 32;
	struct tee_ioctl_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT, .a = 0, .b = length, .c = id },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT, .a = length, .b = room, .c = id },
	};

	memcpy(memory, text, length);
	invoke(tee, session, SHA256, params);
	printf("SHA-256 of %s in %s: ", text, whose);
	for (size_t i = 0; i < params[1].b; i++)
		printf("%02x", memory[length + i]);
	printf("\n");
}

int main(void)
{
	/* 1. The device, and what it can do. Sessions and memory belong to this open file and go with it. */
	int tee = open("/dev/tee0", O_RDWR | O_CLOEXEC);
	if (tee < 0)
		err(1, "/dev/tee0");
	struct tee_ioctl_version_data version;
	if (ioctl(tee, TEE_IOC_VERSION, &version))
		err(1, "TEE_IOC_VERSION");
	printf("implementation %u\n", version.impl_id);

	/* 2. A session with a trusted application, and a command with a value that goes there and back. */
	uint32_t session = open_session(tee, hello_world);
	struct tee_ioctl_param params[4] = { { .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT, .a = 41 } };
	invoke(tee, session, INCREMENT, params);
	printf("41 becomes %u\n", (unsigned)params[0].a);
	struct tee_ioctl_close_session_arg close_session = { .session = session };
	if (ioctl(tee, TEE_IOC_CLOSE_SESSION, &close_session))
		err(1, "TEE_IOC_CLOSE_SESSION");

	/* 3. Memory that both worlds see. The ioctl's result is a descriptor: map it, and close both to free it. */
	session = open_session(tee, crypt_ta);
	struct tee_ioctl_shm_alloc_data shm = { .size = PAGE };
	int fd = ioctl(tee, TEE_IOC_SHM_ALLOC, &shm);
	if (fd < 0)
		err(1, "TEE_IOC_SHM_ALLOC");
	uint8_t *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	digest(tee, session, shared, shm.id, "shared memory");
	munmap(shared, PAGE);
	close(fd);

	/* 4. Memory that the program has already. Not every TEE can see it; the descriptor holds the registration. */
	if (version.gen_caps & TEE_GEN_CAP_REG_MEM) {
		uint8_t *own = aligned_alloc(PAGE, PAGE);
		struct tee_ioctl_shm_register_data registration = { .addr = (uintptr_t)own, .length = PAGE };
		fd = ioctl(tee, TEE_IOC_SHM_REGISTER, &registration);
		if (fd < 0)
			err(1, "TEE_IOC_SHM_REGISTER");
		digest(tee, session, own, registration.id, "memory of its own");
		close(fd);
		free(own);
	}
	close(tee);
	return 0;
}
