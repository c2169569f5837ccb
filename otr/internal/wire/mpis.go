package wire

// AppendMPIs adds what an SMP TLV carries to dst: the count of the numbers,
// then each as an MPI.
func AppendMPIs(dst []byte, values ...[]byte) []byte {
	dst = AppendInt(dst, uint32(len(values)))
	for _, v := range values {
		dst = AppendMPI(dst, v)
	}
	return dst
}

// ParseMPIs reads what an SMP TLV carries. The count in b must be want; it is
// compared before anything is allocated. The numbers alias b.
func ParseMPIs(b []byte, want int) ([][]byte, error) {
	r := NewReader(b)
	count := r.Int()
	if r.err != nil {
		return nil, r.err
	}
	// A number takes at least the four bytes of its length.
	if want < 0 || uint64(count) != uint64(want) || uint64(count) > uint64(r.Len()/4) {
		return nil, errCount
	}
	values := make([][]byte, want)
	for i := range values {
		values[i] = r.MPI()
	}
	if err := r.Done(); err != nil {
		return nil, err
	}
	return values, nil
}
