package lti

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const maxJSONDepth = 20

var errNotOneObject = errors.New("not one JSON object")

// parseObject reads one JSON object strictly: names exactly as written, none twice at any level, nothing after it.
func parseObject(b []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	first, err := d.Token()
	if err != nil {
		return nil, err
	}
	if first != json.Delim('{') {
		return nil, errNotOneObject
	}
	if err := uniqueNames(d, '{', 1); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errNotOneObject
	}
	var object map[string]json.RawMessage
	err = json.Unmarshal(b, &object)
	return object, err
}

// uniqueNames reads on to the end of the object or array that has just begun.
func uniqueNames(d *json.Decoder, kind json.Delim, depth int) error {
	if depth > maxJSONDepth {
		return fmt.Errorf("JSON nested deeper than %d", maxJSONDepth)
	}
	names := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		if kind == '{' {
			name, _ := token.(string)
			if names[name] {
				return fmt.Errorf("the JSON name %s is given twice", quote(name))
			}
			names[name] = true
			if token, err = d.Token(); err != nil {
				return err
			}
		}
		if inner, ok := token.(json.Delim); ok {
			if err := uniqueNames(d, inner, depth+1); err != nil {
				return err
			}
		}
	}
	_, err := d.Token()
	return err
}

// claims are the members of a token or document. Each reading of a required kind that fails leaves its mark in fault.
type claims struct {
	of    map[string]json.RawMessage
	fault *Refusal
}

func (c *claims) missing(name string) bool {
	raw, ok := c.of[name]
	return !ok || bytes.Equal(raw, []byte("null"))
}

// required reads a claim that must be there and of its type.
func required[T any](c *claims, name string) T {
	var v T
	switch {
	case c.missing(name):
		c.fail(name, "is missing")
	case json.Unmarshal(c.of[name], &v) != nil:
		c.fail(name, "is of another type")
	}
	return v
}

// optional reads a claim that nothing depends on: what cannot be read stays empty.
func optional[T any](c *claims, name string) T {
	var v T
	if !c.missing(name) {
		_ = json.Unmarshal(c.of[name], &v) // fills in what fits
	}
	return v
}

func (c *claims) fail(name, what string) {
	if c.fault == nil {
		c.fault = &Refusal{Reason: Malformed, Field: name, Detail: what}
	}
}
