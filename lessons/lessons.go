// Package lessons holds the lessons that come with the bot.
package lessons

import _ "embed"

// BasicName is the file name of the lesson Basic, for messages about it.
const BasicName = "basic.yaml"

// Basic is the lesson from hello to a verified chat.
//
//go:embed basic.yaml
var Basic []byte
