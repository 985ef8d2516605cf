//! A client of a TEE that knows Linux's tee.h and Rust's standard library: it opens /dev/tee0 and makes ioctls.

use std::ffi::{c_int, c_ulong, c_void};
use std::fs::{File, OpenOptions};
use std::io::{Error, Result};
use std::mem::size_of;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

const PAGE: usize = 4096;

// Trusted applications are named by UUID, octet by octet as it is printed.
const HELLO_WORLD: u128 = 0x8aaaf200_2450_11e4_abe2_0002a5d5c51b;
const CRYPT: u128 = 0xcb3e5ba0_adf1_11e0_998b_0002a5d5c51b;

const INCREMENT: u32 = 0; // of HELLO_WORLD: one value, which grows by one
const SHA256: u32 = 2; // of CRYPT: a memref that is read, and one for the 32 bytes of the digest

const GEN_CAP_REG_MEM: u32 = 1 << 2;

#[repr(C)]
#[derive(Default)]
struct Version {
    implementation: u32,
    implementation_caps: u32,
    caps: u32,
}

#[repr(C)]
#[derive(Default)]
struct ShmAlloc {
    size: u64,
    flags: u32,
    id: i32,
}

#[repr(C)]
struct ShmRegister {
    memory: *mut u8,
    length: u64,
    flags: u32,
    id: i32,
}

/// A value is two numbers, `a` and `b`; a memref is offset, size, and the id of shared memory.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Param {
    attr: u64,
    a: u64,
    b: u64,
    c: u64,
}

const VALUE_INOUT: u64 = 3;
const MEMREF_INPUT: u64 = 5;
const MEMREF_OUTPUT: u64 = 6;

/// Up to four parameters follow the argument of a call in memory.
#[repr(C)]
#[derive(Default)]
struct OpenSession {
    uuid: [u8; 16],
    client_uuid: [u8; 16],
    client_login: u32, // 0 is public
    cancel_id: u32,
    session: u32,
    result: u32,
    origin: u32,
    num_params: u32,
    params: [Param; 4],
}

#[repr(C)]
#[derive(Default)]
struct Invoke {
    command: u32,
    session: u32,
    cancel_id: u32,
    result: u32,
    origin: u32,
    num_params: u32,
    params: [Param; 4],
}

/// What the ioctls with arguments of any size take: where the argument lies, and how long it is.
#[repr(C)]
struct Buffer<T> {
    argument: *mut T,
    length: u64,
}

impl<T> Buffer<T> {
    fn new(argument: &mut T) -> Self {
        Buffer { argument, length: size_of::<T>() as u64 }
    }
}

// The numbers of ioctls are made of direction, size, the TEE's letter and the call, as _IOR and _IOWR do.
const fn ior<T>(number: c_ulong) -> c_ulong {
    2 << 30 | (size_of::<T>() as c_ulong) << 16 | 0xa4 << 8 | number
}

const fn iowr<T>(number: c_ulong) -> c_ulong {
    1 << 30 | ior::<T>(number)
}

const VERSION: c_ulong = ior::<Version>(0);
const SHM_ALLOC: c_ulong = iowr::<ShmAlloc>(1);
const OPEN_SESSION: c_ulong = ior::<Buffer<()>>(2);
const INVOKE: c_ulong = ior::<Buffer<()>>(3);
const CLOSE_SESSION: c_ulong = ior::<u32>(5);
const SHM_REGISTER: c_ulong = iowr::<ShmRegister>(9);

// The two functions of the C library that Rust's has no words for.
extern "C" {
    fn ioctl(fd: c_int, request: c_ulong, ...) -> c_int;
    fn mmap(address: *mut c_void, length: usize, protection: c_int, flags: c_int, fd: c_int, offset: i64) -> *mut c_void;
}

/// Sessions and memory belong to the open file, and go with it.
struct Tee(File);

impl Tee {
    fn request<T>(&self, number: c_ulong, argument: &mut T) -> Result<c_int> {
        match unsafe { ioctl(self.0.as_raw_fd(), number, argument as *mut T) } {
            -1 => Err(Error::last_os_error()),
            result => Ok(result),
        }
    }

    fn open_session(&self, uuid: u128) -> Result<u32> {
        let mut call = OpenSession { uuid: uuid.to_be_bytes(), num_params: 4, ..Default::default() };
        self.request(OPEN_SESSION, &mut Buffer::new(&mut call))?;
        outcome(call.result, call.origin)?;
        Ok(call.session)
    }

    fn invoke(&self, session: u32, command: u32, params: [Param; 4]) -> Result<[Param; 4]> {
        let mut call = Invoke { command, session, num_params: 4, params, ..Default::default() };
        self.request(INVOKE, &mut Buffer::new(&mut call))?;
        outcome(call.result, call.origin)?;
        Ok(call.params)
    }

    /// The text lies at the start of the memory, and the digest goes behind it.
    fn digest(&self, session: u32, memory: *mut u8, id: i32, whose: &str) -> Result<()> {
        let (text, mut digest) = ("abc", [0u8; 32]);
        let input = Param { attr: MEMREF_INPUT, a: 0, b: text.len() as u64, c: id as u64 };
        let output = Param { attr: MEMREF_OUTPUT, a: text.len() as u64, b: digest.len() as u64, c: id as u64 };
        // Raw pointers, since the other world writes here too, which no reference of Rust allows.
        unsafe { memory.copy_from(text.as_ptr(), text.len()) };
        self.invoke(session, SHA256, [input, output, Param::default(), Param::default()])?;
        unsafe { memory.add(text.len()).copy_to(digest.as_mut_ptr(), digest.len()) };
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("SHA-256 of {text} in {whose}: {hex}");
        Ok(())
    }
}

/// Whether a call was made is the ioctl's result and errno; what the TEE made of it is in the argument.
fn outcome(result: u32, origin: u32) -> Result<()> {
    match result {
        0 => Ok(()),
        _ => Err(Error::other(format!("0x{result:08x} from origin {origin}"))),
    }
}

/// Maps memory that is shared (flag 1) with the owner of a descriptor, or of one's own (flags 2 and 0x20, no descriptor).
fn map(flags: c_int, fd: c_int) -> Result<*mut u8> {
    const READ_AND_WRITE: c_int = 3;
    let memory = unsafe { mmap(std::ptr::null_mut(), PAGE, READ_AND_WRITE, flags, fd, 0) };
    if memory as isize == -1 { Err(Error::last_os_error()) } else { Ok(memory.cast()) }
}

fn main() -> Result<()> {
    // 1. The device, and what it can do.
    let tee = Tee(OpenOptions::new().read(true).write(true).open("/dev/tee0")?);
    let mut version = Version::default();
    tee.request(VERSION, &mut version)?;
    println!("implementation {}", version.implementation);

    // 2. A session with a trusted application, and a command with a value that goes there and back.
    let mut session = tee.open_session(HELLO_WORLD)?;
    let value = Param { attr: VALUE_INOUT, a: 41, ..Default::default() };
    let params = tee.invoke(session, INCREMENT, [value, Param::default(), Param::default(), Param::default()])?;
    println!("41 becomes {}", params[0].a);
    tee.request(CLOSE_SESSION, &mut session)?;

    // 3. Memory that both worlds see. The ioctl's result is a descriptor: it, or a mapping of it, holds the memory.
    let session = tee.open_session(CRYPT)?;
    let mut shm = ShmAlloc { size: PAGE as u64, ..Default::default() };
    let descriptor = unsafe { OwnedFd::from_raw_fd(tee.request(SHM_ALLOC, &mut shm)?) };
    tee.digest(session, map(1, descriptor.as_raw_fd())?, shm.id, "shared memory")?;

    // 4. Memory that the program has already. Not every TEE can see it; the descriptor holds the registration.
    if version.caps & GEN_CAP_REG_MEM != 0 {
        let memory = map(0x22, -1)?;
        let mut registration = ShmRegister { memory, length: PAGE as u64, flags: 0, id: 0 };
        let _descriptor = unsafe { OwnedFd::from_raw_fd(tee.request(SHM_REGISTER, &mut registration)?) };
        tee.digest(session, memory, registration.id, "memory of its own")?;
    }
    Ok(())
}
