package extract

import (
	"go/ast"
	"go/token"
	"strings"
)

// forTranslators begins a comment that goes with a message.
const forTranslators = "translators:"

// translatorComments are what a file says to translators, by the last line of the comment.
func translatorComments(set *token.FileSet, file *ast.File) map[int]string {
	comments := map[int]string{}
	for _, group := range file.Comments {
		if text, ok := translatorText(group.Text()); ok {
			comments[set.Position(group.End()).Line] = text
		}
	}
	return comments
}

// translatorText is what follows the mark, in one line.
func translatorText(comment string) (string, bool) {
	at := strings.Index(strings.ToLower(comment), forTranslators)
	if at < 0 || len(strings.ToLower(comment)) != len(comment) {
		return "", false
	}
	return strings.Join(strings.Fields(comment[at+len(forTranslators):]), " "), true
}

// comment is what is said to translators of a message: on its line or above it, or above the statement, the field or
// the argument that it is part of.
func (s *goScan) comment(x ast.Expr) string {
	nodes := append([]ast.Node{x}, reversed(s.above)...)
	for _, n := range nodes {
		line := s.set.Position(n.Pos()).Line
		for _, l := range []int{line, line - 1} {
			if c, ok := s.comments[l]; ok {
				return c
			}
		}
		switch n.(type) {
		case ast.Stmt, ast.Spec, ast.Decl:
			return ""
		}
	}
	return ""
}

func reversed(nodes []ast.Node) []ast.Node {
	out := make([]ast.Node, 0, len(nodes))
	for i := len(nodes) - 1; i >= 0; i-- {
		out = append(out, nodes[i])
	}
	return out
}
