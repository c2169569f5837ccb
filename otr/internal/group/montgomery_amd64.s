//go:build !purego

#include "textflag.h"

// The rows of a product, eight words of a factor at a time. MULX leaves the
// flags alone, ADCX carries in CF and ADOX in OF, so that the low and the high
// halves of the partial products are added in two independent chains.
//
// In all of these, R8 to R15 hold eight words of the running sum. No branch and
// no address depends on the numbers, only on their length.

// PRODUCT adds DX·(SI)[0..7] to a0..a7. It stores the word `out`, which leaves
// the window, in (DI)[i]; the register a0 becomes the word after a7.
#define PRODUCT(i, out, a0, a1, a2, a3, a4, a5, a6, a7) \
	XORL  AX, AX          \ // clears CF and OF
	MULXQ 0(SI), AX, BX   \
	ADCXQ AX, a0          \
	ADOXQ BX, a1          \
	MULXQ 8(SI), AX, BX   \
	ADCXQ AX, a1          \
	ADOXQ BX, a2          \
	MULXQ 16(SI), AX, BX  \
	ADCXQ AX, a2          \
	ADOXQ BX, a3          \
	MULXQ 24(SI), AX, BX  \
	ADCXQ AX, a3          \
	ADOXQ BX, a4          \
	MULXQ 32(SI), AX, BX  \
	ADCXQ AX, a4          \
	ADOXQ BX, a5          \
	MULXQ 40(SI), AX, BX  \
	ADCXQ AX, a5          \
	ADOXQ BX, a6          \
	MULXQ 48(SI), AX, BX  \
	ADCXQ AX, a6          \
	ADOXQ BX, a7          \
	MOVQ  out, (8*i)(DI)  \
	MULXQ 56(SI), AX, a0  \
	ADCXQ AX, a7          \
	ADCXQ zero-8(SP), a0  \
	ADOXQ zero-8(SP), a0

// ROW is PRODUCT with the factor (CX)[i].
#define ROW(i, a0, a1, a2, a3, a4, a5, a6, a7) \
	MOVQ (8*i)(CX), DX \
	PRODUCT(i, a0, a0, a1, a2, a3, a4, a5, a6, a7)

// CLEAR is PRODUCT with the factor that makes the lowest word zero. Instead of
// that word it stores the factor.
#define CLEAR(i, a0, a1, a2, a3, a4, a5, a6, a7) \
	MOVQ  a0, DX             \
	IMULQ inverse+24(FP), DX \
	PRODUCT(i, DX, a0, a1, a2, a3, a4, a5, a6, a7)

#define EIGHT(what) \
	what(0, R8, R9, R10, R11, R12, R13, R14, R15) \
	what(1, R9, R10, R11, R12, R13, R14, R15, R8) \
	what(2, R10, R11, R12, R13, R14, R15, R8, R9) \
	what(3, R11, R12, R13, R14, R15, R8, R9, R10) \
	what(4, R12, R13, R14, R15, R8, R9, R10, R11) \
	what(5, R13, R14, R15, R8, R9, R10, R11, R12) \
	what(6, R14, R15, R8, R9, R10, R11, R12, R13) \
	what(7, R15, R8, R9, R10, R11, R12, R13, R14)

#define LOAD \
	MOVQ 0(DI), R8   \
	MOVQ 8(DI), R9   \
	MOVQ 16(DI), R10 \
	MOVQ 24(DI), R11 \
	MOVQ 32(DI), R12 \
	MOVQ 40(DI), R13 \
	MOVQ 48(DI), R14 \
	MOVQ 56(DI), R15

#define STORE \
	MOVQ R8, 0(DI)   \
	MOVQ R9, 8(DI)   \
	MOVQ R10, 16(DI) \
	MOVQ R11, 24(DI) \
	MOVQ R12, 32(DI) \
	MOVQ R13, 40(DI) \
	MOVQ R14, 48(DI) \
	MOVQ R15, 56(DI)

// ADVANCE goes on to the next eight words: it adds what stands there and the
// last carry to the sum. A carry is kept as 0 or -1.
#define ADVANCE \
	ADDQ $64, SI          \
	ADDQ $64, DI          \
	MOVQ carry-16(SP), AX \
	ADDQ AX, AX           \
	ADCQ 0(DI), R8        \
	ADCQ 8(DI), R9        \
	ADCQ 16(DI), R10      \
	ADCQ 24(DI), R11      \
	ADCQ 32(DI), R12      \
	ADCQ 40(DI), R13      \
	ADCQ 48(DI), R14      \
	ADCQ 56(DI), R15      \
	SBBQ AX, AX           \
	MOVQ AX, carry-16(SP)

// FINISH adds the carry of the sweep before, stores the sum, and leaves the
// carry of this sweep in AX.
#define FINISH(top) \
	XORL AX, AX           \
	SUBQ top, AX          \ // CF = top
	ADCQ $0, R8           \
	ADCQ $0, R9           \
	ADCQ $0, R10          \
	ADCQ $0, R11          \
	ADCQ $0, R12          \
	ADCQ $0, R13          \
	ADCQ $0, R14          \
	ADCQ $0, R15          \
	SBBQ AX, AX           \
	ORQ  carry-16(SP), AX \
	NEGQ AX               \
	STORE

// func sweepADX(t, x, y *uint64, blocks int, carry uint64) uint64
//
// t[0 : 8·blocks+8] += x[0 : 8·blocks] · y[0:8] + carry·2^(512·blocks)
TEXT ·sweepADX(SB), NOSPLIT, $16-48
	MOVQ t+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ y+16(FP), CX
	MOVQ $0, zero-8(SP)
	MOVQ $0, carry-16(SP)
	LOAD

sweep:
	EIGHT(ROW)
	ADVANCE
	DECQ blocks+24(FP)
	JNZ  sweep

	FINISH(carry+32(FP))
	MOVQ AX, ret+40(FP)
	RET

// func reduceADX(t, m *uint64, blocks int, inverse, carry uint64) uint64
//
// t[0 : 8·blocks+8] += k·m + carry·2^(512·blocks), where k < 2^512 is such that
// the lowest eight words become zero. They are to be ignored: k stands there.
// blocks is at least 2.
TEXT ·reduceADX(SB), NOSPLIT, $16-48
	MOVQ t+0(FP), DI
	MOVQ m+8(FP), SI
	MOVQ DI, CX
	MOVQ $0, zero-8(SP)
	MOVQ $0, carry-16(SP)
	LOAD
	EIGHT(CLEAR)
	ADVANCE
	DECQ blocks+16(FP)

reduce:
	EIGHT(ROW)
	ADVANCE
	DECQ blocks+16(FP)
	JNZ  reduce

	FINISH(carry+32(FP))
	MOVQ AX, ret+40(FP)
	RET

// func triangleADX(t, x *uint64)
//
// t[0:16] = the sum of x[i]·x[j]·2^(64·(i+j)) over i < j < 8.
TEXT ·triangleADX(SB), NOSPLIT, $0-16
	MOVQ t+0(FP), DI
	MOVQ x+8(FP), SI
	XORL CX, CX
	MOVQ CX, 0(DI)

	MOVQ  0(SI), DX
	MULXQ 8(SI), R8, R9
	MULXQ 16(SI), AX, R10
	ADDQ  AX, R9
	MULXQ 24(SI), AX, R11
	ADCQ  AX, R10
	MULXQ 32(SI), AX, R12
	ADCQ  AX, R11
	MULXQ 40(SI), AX, R13
	ADCQ  AX, R12
	MULXQ 48(SI), AX, R14
	ADCQ  AX, R13
	MULXQ 56(SI), AX, R15
	ADCQ  AX, R14
	ADCQ  CX, R15
	MOVQ  R8, 8(DI)
	MOVQ  R9, 16(DI)

	MOVQ  8(SI), DX
	XORL  AX, AX
	MULXQ 16(SI), AX, BX
	ADCXQ AX, R10
	ADOXQ BX, R11
	MULXQ 24(SI), AX, BX
	ADCXQ AX, R11
	ADOXQ BX, R12
	MULXQ 32(SI), AX, BX
	ADCXQ AX, R12
	ADOXQ BX, R13
	MULXQ 40(SI), AX, BX
	ADCXQ AX, R13
	ADOXQ BX, R14
	MULXQ 48(SI), AX, BX
	ADCXQ AX, R14
	ADOXQ BX, R15
	MULXQ 56(SI), AX, R8
	ADCXQ AX, R15
	ADCXQ CX, R8
	ADOXQ CX, R8
	MOVQ  R10, 24(DI)
	MOVQ  R11, 32(DI)

	MOVQ  16(SI), DX
	XORL  AX, AX
	MULXQ 24(SI), AX, BX
	ADCXQ AX, R12
	ADOXQ BX, R13
	MULXQ 32(SI), AX, BX
	ADCXQ AX, R13
	ADOXQ BX, R14
	MULXQ 40(SI), AX, BX
	ADCXQ AX, R14
	ADOXQ BX, R15
	MULXQ 48(SI), AX, BX
	ADCXQ AX, R15
	ADOXQ BX, R8
	MULXQ 56(SI), AX, R9
	ADCXQ AX, R8
	ADCXQ CX, R9
	ADOXQ CX, R9
	MOVQ  R12, 40(DI)
	MOVQ  R13, 48(DI)

	MOVQ  24(SI), DX
	XORL  AX, AX
	MULXQ 32(SI), AX, BX
	ADCXQ AX, R14
	ADOXQ BX, R15
	MULXQ 40(SI), AX, BX
	ADCXQ AX, R15
	ADOXQ BX, R8
	MULXQ 48(SI), AX, BX
	ADCXQ AX, R8
	ADOXQ BX, R9
	MULXQ 56(SI), AX, R10
	ADCXQ AX, R9
	ADCXQ CX, R10
	ADOXQ CX, R10
	MOVQ  R14, 56(DI)
	MOVQ  R15, 64(DI)

	MOVQ  32(SI), DX
	XORL  AX, AX
	MULXQ 40(SI), AX, BX
	ADCXQ AX, R8
	ADOXQ BX, R9
	MULXQ 48(SI), AX, BX
	ADCXQ AX, R9
	ADOXQ BX, R10
	MULXQ 56(SI), AX, R11
	ADCXQ AX, R10
	ADCXQ CX, R11
	ADOXQ CX, R11
	MOVQ  R8, 72(DI)
	MOVQ  R9, 80(DI)

	MOVQ  40(SI), DX
	XORL  AX, AX
	MULXQ 48(SI), AX, BX
	ADCXQ AX, R10
	ADOXQ BX, R11
	MULXQ 56(SI), AX, R12
	ADCXQ AX, R11
	ADCXQ CX, R12
	ADOXQ CX, R12
	MOVQ  R10, 88(DI)
	MOVQ  R11, 96(DI)

	MOVQ  48(SI), DX
	MULXQ 56(SI), AX, R13
	ADDQ  AX, R12
	ADCQ  CX, R13
	MOVQ  R12, 104(DI)
	MOVQ  R13, 112(DI)
	MOVQ  CX, 120(DI)
	RET

// DIAGONAL doubles two words of the sum and adds x[i]².
#define DIAGONAL(i) \
	MOVQ  (8*i)(SI), DX     \
	MULXQ DX, AX, BX        \
	MOVQ  (16*i)(DI), R8    \
	MOVQ  (16*i+8)(DI), R9  \
	ADCXQ R8, R8            \
	ADCXQ R9, R9            \
	ADOXQ AX, R8            \
	ADOXQ BX, R9            \
	MOVQ  R8, (16*i)(DI)    \
	MOVQ  R9, (16*i+8)(DI)

// func diagonalADX(t, x *uint64, blocks int)
//
// t[0 : 16·blocks] = 2t + the sum of x[i]²·2^(128·i)
TEXT ·diagonalADX(SB), NOSPLIT, $0-24
	MOVQ t+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ blocks+16(FP), CX
	XORL AX, AX // clears CF and OF, which nothing below but DIAGONAL changes

diagonal:
	DIAGONAL(0)
	DIAGONAL(1)
	DIAGONAL(2)
	DIAGONAL(3)
	DIAGONAL(4)
	DIAGONAL(5)
	DIAGONAL(6)
	DIAGONAL(7)
	LEAQ  64(SI), SI
	LEAQ  128(DI), DI
	LEAQ  -1(CX), CX
	JCXZQ done
	JMP   diagonal

done:
	RET

// SUBTRACT takes (SI)[i] times DX, which is 0 or 1, from (DI)[i]. MULX, unlike
// AND, spares the borrow.
#define SUBTRACT(i) \
	MULXQ (8*i)(SI), AX, BX \
	MOVQ  (8*i)(DI), R9     \
	SBBQ  AX, R9            \
	MOVQ  R9, (8*i)(R8)

// func subtractADX(z, t, m *uint64, blocks int, carry uint64)
//
// z[0 : 8·blocks] = t - carry·m, where carry is 0 or 1
TEXT ·subtractADX(SB), NOSPLIT, $0-40
	MOVQ z+0(FP), R8
	MOVQ t+8(FP), DI
	MOVQ m+16(FP), SI
	MOVQ blocks+24(FP), CX
	MOVQ carry+32(FP), DX
	XORL AX, AX // clears CF, which nothing below but SUBTRACT changes

subtract:
	SUBTRACT(0)
	SUBTRACT(1)
	SUBTRACT(2)
	SUBTRACT(3)
	SUBTRACT(4)
	SUBTRACT(5)
	SUBTRACT(6)
	SUBTRACT(7)
	LEAQ  64(SI), SI
	LEAQ  64(DI), DI
	LEAQ  64(R8), R8
	LEAQ  -1(CX), CX
	JCXZQ done
	JMP   subtract

done:
	RET

// func lookUpAVX2(z, table *uint64, words, entries int, index uint64)
//
// z = table[index], reading the whole table, eight words of each entry at a
// time. words is a multiple of 8.
TEXT ·lookUpAVX2(SB), NOSPLIT, $0-40
	MOVQ         z+0(FP), DI
	MOVQ         table+8(FP), SI
	MOVQ         words+16(FP), BX
	VPBROADCASTQ index+32(FP), Y0
	VPCMPEQQ     Y1, Y1, Y1
	VPXOR        Y2, Y2, Y2
	MOVQ         BX, R8
	SHLQ         $3, R8 // bytes of an entry

column:
	MOVQ  entries+24(FP), CX
	MOVQ  SI, DX
	VPXOR Y3, Y3, Y3 // the number of this entry
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5

entry:
	VPCMPEQQ Y0, Y3, Y6 // all ones for the entry that is wanted
	VPSUBQ   Y1, Y3, Y3
	VPAND    0(DX), Y6, Y7
	VPAND    32(DX), Y6, Y8
	VPOR     Y7, Y4, Y4
	VPOR     Y8, Y5, Y5
	ADDQ     R8, DX
	DECQ     CX
	JNZ      entry

	VMOVDQU Y4, 0(DI)
	VMOVDQU Y5, 32(DI)
	ADDQ    $64, DI
	ADDQ    $64, SI
	SUBQ    $8, BX
	JNZ     column
	VZEROALL
	RET

// func cpuid(leaf, subleaf uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL subleaf+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() (low uint32)
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, low+0(FP)
	RET
