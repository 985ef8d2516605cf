// A client of a TEE that knows Linux's tee.h and Go's standard library: it opens /dev/tee0 and makes ioctls.
// Built with CGO_ENABLED=0 it is static, and needs no library at all.
package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

const page = 4096

// Trusted applications are named by UUID, octet by octet as it is printed.
const (
	helloWorld = "8aaaf200245011e4abe20002a5d5c51b"
	crypt      = "cb3e5ba0adf111e0998b0002a5d5c51b"
)

const (
	increment = 0 // of helloWorld: one value, which grows by one
	sha256    = 2 // of crypt: a memref that is read, and one for the 32 bytes of the digest
)

const genCapRegMem = 1 << 2

type version struct {
	impl, implCaps, genCaps uint32
}

type shmAlloc struct {
	size  uint64
	flags uint32
	id    int32
}

// tee.h has numbers of 64 bits where pointers stand here, so that Go knows of them: what they point at is kept, and
// where Go moves it (a stack that grows), the pointer is moved along.
type shmRegister struct {
	memory unsafe.Pointer
	length uint64
	flags  uint32
	id     int32
}

type buffer struct {
	argument unsafe.Pointer
	length   uint64
}

// A value is two numbers, a and b; a memref is offset, size, and the id of shared memory.
type param struct {
	attr, a, b, c uint64
}

const (
	valueInout   = 3
	memrefInput  = 5
	memrefOutput = 6
)

// Up to four parameters follow the argument of a call in memory.
type openSession struct {
	uuid, clientUUID                                          [16]byte
	clientLogin, cancelID, session, result, origin, numParams uint32
	params                                                    [4]param
}

type invoke struct {
	command, session, cancelID, result, origin, numParams uint32
	params                                                [4]param
}

// The numbers of ioctls are made of direction, size, the TEE's letter and the call, as _IOR and _IOWR do.
const (
	ior  = 2<<30 | 0xa4<<8
	iowr = 3<<30 | 0xa4<<8

	iocVersion      = ior | 12<<16 | 0
	iocShmAlloc     = iowr | 16<<16 | 1
	iocOpenSession  = ior | 16<<16 | 2
	iocInvoke       = ior | 16<<16 | 3
	iocCloseSession = ior | 4<<16 | 5
	iocShmRegister  = iowr | 24<<16 | 9
)

// Sessions and memory belong to the open file, and go with it.
type tee int

func (t tee) request(number uintptr, argument unsafe.Pointer) int {
	result, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(t), number, uintptr(argument))
	if errno != 0 {
		fail("ioctl 0x%x: %v", number, errno)
	}
	return int(result)
}

func (t tee) openSession(uuid string) uint32 {
	call := openSession{numParams: 4}
	if _, err := hex.Decode(call.uuid[:], []byte(uuid)); err != nil {
		fail("%s: %v", uuid, err)
	}
	t.request(iocOpenSession, unsafe.Pointer(&buffer{unsafe.Pointer(&call), uint64(unsafe.Sizeof(call))}))
	check(call.result, call.origin)
	return call.session
}

func (t tee) invoke(session, command uint32, params ...param) [4]param {
	call := invoke{command: command, session: session, numParams: 4}
	copy(call.params[:], params)
	t.request(iocInvoke, unsafe.Pointer(&buffer{unsafe.Pointer(&call), uint64(unsafe.Sizeof(call))}))
	check(call.result, call.origin)
	return call.params
}

// The text lies at the start of the memory, and the digest goes behind it.
func (t tee) digest(session uint32, memory []byte, id int32, whose string) {
	const text = "abc"
	length := uint64(copy(memory, text))
	params := t.invoke(session, sha256,
		param{memrefInput, 0, length, uint64(id)},
		param{memrefOutput, length, 32, uint64(id)})
	fmt.Printf("SHA-256 of %s in %s: %x\n", text, whose, memory[length:length+params[1].b])
}

// Whether a call was made is the ioctl's errno; what the TEE made of it is in the argument.
func check(result, origin uint32) {
	if result != 0 {
		fail("0x%08x from origin %d", result, origin)
	}
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

func mapped(fd, flags int) []byte {
	memory, err := syscall.Mmap(fd, 0, page, syscall.PROT_READ|syscall.PROT_WRITE, flags)
	if err != nil {
		fail("mmap: %v", err)
	}
	return memory
}

func main() {
	// 1. The device, and what it can do.
	fd, err := syscall.Open("/dev/tee0", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		fail("/dev/tee0: %v", err)
	}
	t := tee(fd)
	var v version
	t.request(iocVersion, unsafe.Pointer(&v))
	fmt.Printf("implementation %d\n", v.impl)

	// 2. A session with a trusted application, and a command with a value that goes there and back.
	session := t.openSession(helloWorld)
	params := t.invoke(session, increment, param{attr: valueInout, a: 41})
	fmt.Printf("41 becomes %d\n", params[0].a)
	t.request(iocCloseSession, unsafe.Pointer(&session))

	// 3. Memory that both worlds see. The ioctl's result is a descriptor: it, or a mapping of it, holds the memory.
	session = t.openSession(crypt)
	shm := shmAlloc{size: page}
	descriptor := t.request(iocShmAlloc, unsafe.Pointer(&shm))
	t.digest(session, mapped(descriptor, syscall.MAP_SHARED), shm.id, "shared memory")

	// 4. Memory that the program has already. Not every TEE can see it; the descriptor holds the registration.
	if v.genCaps&genCapRegMem != 0 {
		own := mapped(-1, syscall.MAP_PRIVATE|syscall.MAP_ANONYMOUS)
		registration := shmRegister{memory: unsafe.Pointer(&own[0]), length: page}
		descriptor = t.request(iocShmRegister, unsafe.Pointer(&registration))
		t.digest(session, own, registration.id, "memory of its own")
		syscall.Close(descriptor)
	}
}
