package settings

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
)

// openSSL are the names that OpenSSL gives to suites of TLS 1.2 and that the
// original's CIPHER_LIST uses; those of TLS 1.3 have IANA's names there too.
var openSSL = map[string]uint16{
	"ECDHE-RSA-AES128-GCM-SHA256":   tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	"ECDHE-RSA-AES256-GCM-SHA384":   tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-ECDSA-AES128-GCM-SHA256": tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	"ECDHE-ECDSA-AES256-GCM-SHA384": tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-RSA-CHACHA20-POLY1305":   tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-ECDSA-CHACHA20-POLY1305": tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-RSA-AES128-SHA":          tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
	"ECDHE-RSA-AES256-SHA":          tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
	"ECDHE-ECDSA-AES128-SHA":        tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
	"ECDHE-ECDSA-AES256-SHA":        tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
}

// suites returns the suites that may be listed, by both their names.
func suites() map[string]uint16 {
	all := map[string]uint16{}
	for _, s := range tls.CipherSuites() {
		all[s.Name] = s.ID
	}
	for name, id := range openSSL {
		all[name] = id
	}
	return all
}

// cipherSuite finds a suite by its IANA or OpenSSL name.
func cipherSuite(name string) (uint16, error) {
	all := suites()
	if id, ok := all[name]; ok {
		return id, nil
	}
	upper := strings.ReplaceAll(strings.ToUpper(name), "_", "-")
	switch {
	case strings.HasPrefix(upper, "DHE-") || strings.HasPrefix(upper, "TLS-DHE-"):
		return 0, fmt.Errorf("%q is not supported: leave it out, suites with ECDHE are faster and as safe", name)
	case strings.HasPrefix(upper, "AES") || strings.HasPrefix(upper, "TLS-RSA-"):
		return 0, fmt.Errorf("%q is not supported: without forward secrecy a stolen server key opens all that was ever said", name)
	case strings.HasPrefix(upper, "ECDHE-") && (strings.HasSuffix(upper, "-SHA256") || strings.HasSuffix(upper, "-SHA384")) &&
		!strings.Contains(upper, "GCM") && !strings.Contains(upper, "CHACHA"):
		return 0, fmt.Errorf("%q is not supported: take the suite with GCM in its name", name)
	}
	names := make([]string, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	slices.Sort(names)
	if meant := nearest(name, names); meant != "" {
		return 0, fmt.Errorf("%q is no cipher suite that is known here; did you mean %q?", name, meant)
	}
	return 0, fmt.Errorf("%q is no cipher suite that is known here", name)
}

// suitesOf13 reports whether a suite belongs to TLS 1.3.
func suiteOf13(id uint16) bool {
	i := slices.IndexFunc(tls.CipherSuites(), func(s *tls.CipherSuite) bool { return s.ID == id })
	return i >= 0 && slices.Contains(tls.CipherSuites()[i].SupportedVersions, tls.VersionTLS13)
}
