package page

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// longestQR is how many bytes a QR code of ours holds; a denser one is hard to photograph from a screen.
const longestQR = 600

// quiet is the width of the light margin that ISO/IEC 18004 asks for, in modules.
const quiet = 4

// QR is a QR code as inline SVG, dark on light whatever the colours around it. It says nothing to screen readers: put
// its text beside it. The error tells of a text that is too long.
func QR(text string) (template.HTML, error) {
	if len(text) > longestQR {
		return "", fmt.Errorf("page: %d bytes are too long for a QR code", len(text))
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("page: making a QR code: %w", err)
	}
	var b strings.Builder
	side := code.Size + 2*quiet
	fmt.Fprintf(&b, `<svg class="qr" viewBox="0 0 %d %d" aria-hidden="true" focusable="false">`, side, side)
	fmt.Fprintf(&b, `<rect class="qr-light" width="%d" height="%d"/><path class="qr-dark" d="`, side, side)
	for y := range code.Size {
		for x := 0; x < code.Size; {
			run := dark(code, x, y)
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			}
			x += max(run, 1)
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil // #nosec G203 -- numbers only
}

// dark is how many dark modules stand side by side from x on.
func dark(code *qr.Code, x, y int) int {
	n := 0
	for x+n < code.Size && code.Black(x+n, y) {
		n++
	}
	return n
}
