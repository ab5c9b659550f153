#include "base/status.h"

const char *hb_status_text(hb_status status)
{
    switch (status) {
    case HB_OK: return "Success";
    case HB_REJECTED: return "Rejected";
    case HB_INVALID_ARGUMENT: return "Invalid argument";
    case HB_INVALID_PROGRAM: return "Invalid program";
    case HB_EXECUTION_FAILED: return "Program execution failed";
    case HB_PROOF_GENERATION_FAILED: return "Proof generation failed";
    case HB_LIMIT: return "Limit exceeded";
    case HB_OUT_OF_MEMORY: return "Out of memory";
    case HB_IO: return "Input or output failed";
    case HB_UNSUPPORTED: return "Unsupported";
    case HB_INTERNAL: return "Internal error";
    case HB_DUPLICATE_DEPENDENCY: return "Duplicate dependency";
    case HB_INVALID_DEPENDENCY: return "Invalid dependency";
    case HB_INVALID_DEPENDENCY_VERSION: return "Invalid dependency version";
    case HB_DEPENDENCY_RESOLUTION_FAILED: return "Dependency resolution failed";
    case HB_MEMORY_LIMIT_EXCEEDED: return "Memory limit exceeded";
    case HB_STACK_LIMIT_EXCEEDED: return "Stack limit exceeded";
    case HB_PROGRAM_TIMEOUT: return "Program timeout";
    case HB_CANCELLED: return "Cancelled";
    case HB_INVALID_INSTRUCTION: return "Invalid instruction";
    case HB_PROOF_VERIFICATION_FAILED: return "Proof verification failed";
    case HB_STATE_VERIFICATION_FAILED: return "State verification failed";
    case HB_SECURITY_VALIDATION_FAILED: return "Security validation failed";
    case HB_INVALID_EXECUTION_RESULT: return "Invalid execution result";
    case HB_STATE_COMMITMENT_FAILED: return "State commitment failed";
    case HB_PROOF_AGGREGATION_FAILED: return "Proof aggregation failed";
    case HB_STATUS_COUNT: break;
    }
    return "Unknown status";
}
