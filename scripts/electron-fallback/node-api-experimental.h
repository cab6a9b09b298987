/*
 * What better-sqlite3 needs of Node-API beyond the package node-api-headers when it is compiled for a runtime with
 * Node-API 9. That package has the released functions only; node_api_post_finalizer is still experimental, but every
 * runtime with Node-API 9 has it, and node-addon-api has to use it under the experimental version: finalizers that run
 * during garbage collection must not call into the engine there.
 * See https://nodejs.org/docs/latest-v20.x/api/n-api.html#node_api_post_finalizer
 */
#ifndef STATESCOPE_NODE_API_EXPERIMENTAL_H
#define STATESCOPE_NODE_API_EXPERIMENTAL_H

#include <node_api.h>

#define NODE_API_EXPERIMENTAL_HAS_POST_FINALIZER

EXTERN_C_START
NAPI_EXTERN napi_status NAPI_CDECL node_api_post_finalizer(napi_env env,
                                                           napi_finalize finalize_cb,
                                                           void* finalize_data,
                                                           void* finalize_hint);
EXTERN_C_END

#endif
