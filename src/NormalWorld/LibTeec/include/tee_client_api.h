/*
 * The TEE Client API (GlobalPlatform GPD_SPE_007 v1.0) of RestrictedTee, for programs in C and C++. Names, numbers, sizes and offsets are
 * those of OP-TEE's libteec.so.2, so that a program that is compiled against either header runs with either library.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TEE_CLIENT_API_H
#define TEE_CLIENT_API_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits (section 4.4). A block that is too large for the TEE is refused when it is asked for. */
#define TEEC_CONFIG_PAYLOAD_REF_COUNT  4
#define TEEC_CONFIG_SHAREDMEM_MAX_SIZE ULONG_MAX

/* What a parameter is: four bits each in TEEC_Operation.paramTypes. */
#define TEEC_NONE                  0x00000000
#define TEEC_VALUE_INPUT           0x00000001
#define TEEC_VALUE_OUTPUT          0x00000002
#define TEEC_VALUE_INOUT           0x00000003
#define TEEC_MEMREF_TEMP_INPUT     0x00000005
#define TEEC_MEMREF_TEMP_OUTPUT    0x00000006
#define TEEC_MEMREF_TEMP_INOUT     0x00000007
#define TEEC_MEMREF_WHOLE          0x0000000C
#define TEEC_MEMREF_PARTIAL_INPUT  0x0000000D
#define TEEC_MEMREF_PARTIAL_OUTPUT 0x0000000E
#define TEEC_MEMREF_PARTIAL_INOUT  0x0000000F

#define TEEC_PARAM_TYPES(p0, p1, p2, p3) ((p0) | ((p1) << 4) | ((p2) << 8) | ((p3) << 12))
#define TEEC_PARAM_TYPE_GET(p, i)        (((p) >> ((i) * 4)) & 0xF)

/* TEEC_SharedMemory.flags: the TA reads it, the TA writes to it, or both. */
#define TEEC_MEM_INPUT  0x00000001
#define TEEC_MEM_OUTPUT 0x00000002

/* TEEC_Result. A trusted application may answer with numbers of its own. */
#define TEEC_SUCCESS                     0x00000000
#define TEEC_ERROR_STORAGE_NOT_AVAILABLE 0xF0100003
#define TEEC_ERROR_GENERIC               0xFFFF0000
#define TEEC_ERROR_ACCESS_DENIED         0xFFFF0001
#define TEEC_ERROR_CANCEL                0xFFFF0002
#define TEEC_ERROR_ACCESS_CONFLICT       0xFFFF0003
#define TEEC_ERROR_EXCESS_DATA           0xFFFF0004
#define TEEC_ERROR_BAD_FORMAT            0xFFFF0005
#define TEEC_ERROR_BAD_PARAMETERS        0xFFFF0006
#define TEEC_ERROR_BAD_STATE             0xFFFF0007
#define TEEC_ERROR_ITEM_NOT_FOUND        0xFFFF0008
#define TEEC_ERROR_NOT_IMPLEMENTED       0xFFFF0009
#define TEEC_ERROR_NOT_SUPPORTED         0xFFFF000A
#define TEEC_ERROR_NO_DATA               0xFFFF000B
#define TEEC_ERROR_OUT_OF_MEMORY         0xFFFF000C
#define TEEC_ERROR_BUSY                  0xFFFF000D
#define TEEC_ERROR_COMMUNICATION         0xFFFF000E
#define TEEC_ERROR_SECURITY              0xFFFF000F
#define TEEC_ERROR_SHORT_BUFFER          0xFFFF0010
#define TEE_ERROR_EXTERNAL_CANCEL        0xFFFF0011
#define TEEC_ERROR_EXTERNAL_CANCEL       0xFFFF0011
#define TEE_ERROR_OVERFLOW               0xFFFF300F
#define TEE_ERROR_TARGET_DEAD            0xFFFF3024
#define TEEC_ERROR_TARGET_DEAD           0xFFFF3024
#define TEE_ERROR_STORAGE_NO_SPACE       0xFFFF3041
#define TEEC_ERROR_STORAGE_NO_SPACE      0xFFFF3041
#define TEE_ERROR_MAC_INVALID            0xFFFF3071
#define TEE_ERROR_SIGNATURE_INVALID      0xFFFF3072
#define TEE_ERROR_TIME_NOT_SET           0xFFFF5000
#define TEE_ERROR_TIME_NEEDS_RESET       0xFFFF5001

/* Where a result comes from. */
#define TEEC_ORIGIN_API         0x00000001
#define TEEC_ORIGIN_COMMS       0x00000002
#define TEEC_ORIGIN_TEE         0x00000003
#define TEEC_ORIGIN_TRUSTED_APP 0x00000004

/* As whom a session is opened. The group logins want a pointer to a uint32_t with the group. */
#define TEEC_LOGIN_PUBLIC            0x00000000
#define TEEC_LOGIN_USER              0x00000001
#define TEEC_LOGIN_GROUP             0x00000002
#define TEEC_LOGIN_APPLICATION       0x00000004
#define TEEC_LOGIN_USER_APPLICATION  0x00000005
#define TEEC_LOGIN_GROUP_APPLICATION 0x00000006

typedef uint32_t TEEC_Result;

/* The members called imp are the library's. They have the names that they have in OP-TEE. */

typedef struct {
	struct {
		int fd; /* a number of the library, and no descriptor */
		bool reg_mem;
		bool memref_null;
	} imp;
} TEEC_Context;

typedef struct {
	uint32_t timeLow;
	uint16_t timeMid;
	uint16_t timeHiAndVersion;
	uint8_t clockSeqAndNode[8];
} TEEC_UUID;

typedef struct {
	struct {
		TEEC_Context *ctx; /* so a context must stay where it is while it has sessions */
		uint32_t session_id;
	} imp;
} TEEC_Session;

typedef struct {
	void *buffer;
	size_t size;
	uint32_t flags; /* TEEC_MEM_* */
	struct {
		int id;
		size_t alloced_size;
		void *shadow_buffer;
		int registered_fd;
		uint32_t flags;
	} imp;
} TEEC_SharedMemory;

/* Memory for the time of one call. NULL with size 0 is a null memref; after the call size is what the TA set it to. */
typedef struct {
	void *buffer;
	size_t size;
} TEEC_TempMemoryReference;

/* Shared memory, or a part of it. size and offset count for TEEC_MEMREF_PARTIAL_* only; size is set as above. */
typedef struct {
	TEEC_SharedMemory *parent;
	size_t size;
	size_t offset;
} TEEC_RegisteredMemoryReference;

typedef struct {
	uint32_t a;
	uint32_t b;
} TEEC_Value;

typedef union {
	TEEC_TempMemoryReference tmpref;
	TEEC_RegisteredMemoryReference memref;
	TEEC_Value value;
} TEEC_Parameter;

typedef struct {
	uint32_t started; /* to be 0 where the operation may be cancelled */
	uint32_t paramTypes; /* TEEC_PARAM_TYPES() */
	TEEC_Parameter params[TEEC_CONFIG_PAYLOAD_REF_COUNT];
	struct {
		TEEC_Session *session; /* which call is under way; no pointer here */
	} imp;
} TEEC_Operation;

/*
 * Connects to the TEE of this user that 'rtee up' keeps, or to the one of 'rtee run --libteec': the one that RTEE_CONNECT names.
 * name: NULL or "optee-tz". TEEC_ERROR_ITEM_NOT_FOUND: there is no such TEE; why is said on standard error.
 */
TEEC_Result TEEC_InitializeContext(const char *name, TEEC_Context *context);

/* Disconnects; sessions that are open are closed. Allocated memory stays until it is released. */
void TEEC_FinalizeContext(TEEC_Context *context);

/* Memory of the program. What calls refer to is copied to the TEE before, and if it is an output back after each of them. */
TEEC_Result TEEC_RegisterSharedMemory(TEEC_Context *context, TEEC_SharedMemory *sharedMem);

/* Memory that both sides see; sets buffer. */
TEEC_Result TEEC_AllocateSharedMemory(TEEC_Context *context, TEEC_SharedMemory *sharedMem);

void TEEC_ReleaseSharedMemory(TEEC_SharedMemory *sharedMemory);

/* returnOrigin may be NULL, and so may operation. */
TEEC_Result TEEC_OpenSession(TEEC_Context *context, TEEC_Session *session, const TEEC_UUID *destination, uint32_t connectionMethod,
			     const void *connectionData, TEEC_Operation *operation, uint32_t *returnOrigin);

void TEEC_CloseSession(TEEC_Session *session);

TEEC_Result TEEC_InvokeCommand(TEEC_Session *session, uint32_t commandID, TEEC_Operation *operation, uint32_t *returnOrigin);

/* From another thread: asks for the call with this operation, if one is under way, to be given up. */
void TEEC_RequestCancellation(TEEC_Operation *operation);

#ifdef __cplusplus
}
#endif

#endif
