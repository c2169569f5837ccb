package lti

// What tests cannot reach otherwise.
var (
	HashedForTest      = hashed
	NextLinkForTest    = nextLink
	ParseObjectForTest = parseObject
)

// SignForTest is one signature of OAuth 1.0a.
func SignForTest(m Method, s Secret, base string) []byte { return m.sign(s, base) }
