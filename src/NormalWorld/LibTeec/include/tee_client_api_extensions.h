/*
 * What OP-TEE's libteec has beside the TEE Client API.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TEE_CLIENT_API_EXTENSIONS_H
#define TEE_CLIENT_API_EXTENSIONS_H

#include <tee_client_api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A dma-buf of the TEE, by a descriptor that stays the program's; sets size, and buffer to NULL. */
TEEC_Result TEEC_RegisterSharedMemoryFileDescriptor(TEEC_Context *context, TEEC_SharedMemory *sharedMem, int fd);

#ifdef __cplusplus
}
#endif

#endif
