// Package extract finds what a program says to people and makes a template for translators of it: messages of Go code
// by their type, texts of HTML templates, texts of lessons.
package extract
