// LAB_KERNEL stands before a plain loop that the compiler vectorises: on x86 it makes one copy for each
// vector width, and the widest that the processor has is taken at run time. Kernels use only integers,
// comparisons and + − × ÷ √, sums run in the order in which they are written, and nothing is contracted
// to fused multiply-adds (-ffp-contract=off), so all copies give the same bits. Their files are compiled
// with -O3 (CMakeLists.txt).
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define LAB_KERNEL __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define LAB_KERNEL
#endif
