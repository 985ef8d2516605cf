/* A client of the FF-A test driver, as the original's ffa_spmc suite is one. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct endpoint { uint64_t uuid; uint16_t id; };
struct message { uint64_t words[5]; uint16_t to; };
struct memory { uint64_t handle, size; uint16_t to; };
struct content { uint64_t handle, ptr, len; };

#define GET_PART_ID _IOWR(0xf0, 0, struct endpoint)
#define MSG_SEND _IOWR(0xf0, 1, struct message)
#define SHM_INIT _IOWR(0xf0, 2, struct memory)
#define SHM_DEINIT _IOW(0xf0, 3, struct memory)
#define SHM_READ _IOW(0xf0, 4, struct content)
#define SHM_WRITE _IOW(0xf0, 5, struct content)

static const char *outcome(int result) { return result < 0 ? strerror(errno) : "done"; }

static int id_of(int ffa, const char *uuid)
{
	struct endpoint endpoint = { (uintptr_t)uuid, 0 };
	return ioctl(ffa, GET_PART_ID, &endpoint) ? -1 : endpoint.id;
}

static void errors(int ffa)
{
	struct message message = { .to = 0x7777 };
	struct memory memory = { .handle = 1, .size = 4096, .to = 0x7777 };
	struct content content = { 1, 0, 1 };
	printf("no UUID: %s\n", outcome(id_of(ffa, "this is no UUID, and yet long enough.")));
	printf("no such UUID: %s\n", outcome(id_of(ffa, "00000000-0000-0000-0000-00000000ffff")));
	printf("no string: %s\n", outcome(id_of(ffa, NULL)));
	printf("message to nobody: %s\n", outcome(ioctl(ffa, MSG_SEND, &message)));
	printf("sharing with nobody: %s\n", outcome(ioctl(ffa, SHM_INIT, &memory)));
	printf("not shared: %s\n", outcome(ioctl(ffa, SHM_DEINIT, &memory)));
	printf("nothing to read: %s\n", outcome(ioctl(ffa, SHM_READ, &content)));
	printf("no such request: %s\n", outcome(ioctl(ffa, _IO(0xf0, 9), NULL)));
	printf("version to write: %s\n", outcome(open("/sys/module/arm_ffa_user/version", O_WRONLY)));
}

int main(void)
{
	char version[32] = "", text[8] = "";
	struct stat status;
	int file = open("/sys/module/arm_ffa_user/version", O_RDONLY), ffa = open("/sys/kernel/debug/arm_ffa_user", O_RDWR);
	if (ffa < 0 || file < 0 || read(file, version, sizeof(version) - 1) < 0) {
		printf("no driver: %s\n", strerror(errno));
		return 1;
	}
	printf("version %s", version);
	printf("%s, %s\n", stat("/sys/kernel/debug/arm_ffa_user", &status) == 0 && S_ISREG(status.st_mode) ? "a file" : "no file", outcome((int)write(file, "6", 1)));
	int lsp = id_of(ffa, "54b5440e-a3d2-48d1-872a-7b6cbfc34855"), echo = id_of(ffa, "5c9edbc3-7b3a-4367-9f83-7c191ae86a37");
	struct message message = { { 0, 1, 2, 3, 4 }, (uint16_t)lsp };
	printf("sum: %s", outcome(ioctl(ffa, MSG_SEND, &message)));
	printf(", %lu\n", (unsigned long)message.words[0]);
	struct memory memory = { .size = 3 * 4096, .to = (uint16_t)echo };
	printf("share: %s", outcome(ioctl(ffa, SHM_INIT, &memory)));
	printf(", %lu bytes\n", (unsigned long)memory.size);
	struct content in = { memory.handle, (uintptr_t)"hello", 6 }, out = { memory.handle, (uintptr_t)text, 6 }, beyond = { memory.handle, (uintptr_t)text, 5 * 4096 };
	printf("write: %s", outcome(ioctl(ffa, SHM_WRITE, &in)));
	printf(", read: %s", outcome(ioctl(ffa, SHM_READ, &out)));
	printf(", %s, beyond: %s\n", text, outcome(ioctl(ffa, SHM_READ, &beyond)));
	/* The partition retrieves it, so it does not come back before it is relinquished. */
	struct message retrieve = { { 5, memory.handle & 0xffffffff, memory.handle >> 32, 0 }, (uint16_t)echo }, relinquish = retrieve;
	relinquish.words[0] = 6;
	printf("retrieve: %s", outcome(ioctl(ffa, MSG_SEND, &retrieve)));
	printf(", 0x%lx\n", (unsigned long)retrieve.words[0]);
	printf("early: %s\n", outcome(ioctl(ffa, SHM_DEINIT, &memory)));
	ioctl(ffa, MSG_SEND, &relinquish);
	printf("reclaim: %s\n", outcome(ioctl(ffa, SHM_DEINIT, &memory)));
	errors(ffa);
	return 0;
}
