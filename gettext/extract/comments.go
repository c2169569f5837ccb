package extract

import (
	"go/ast"
	"go/token"
	"strings"
)

// forTranslators begins a comment that goes with a message.
const forTranslators = "translators:"

// A remark is what a comment says to translators.
type remark struct {
	text     string
	trailing bool // it stands behind code, and goes with that line only
}

// translatorComments are the remarks of a file, by the last line of the comment.
func translatorComments(set *token.FileSet, file *ast.File) map[int]remark {
	comments := map[int]remark{}
	for _, group := range file.Comments {
		if text, ok := translatorText(group.Text()); ok {
			comments[set.Position(group.End()).Line] = remark{text, false}
		}
	}
	if len(comments) == 0 {
		return comments
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		}
		if n != file {
			line := set.Position(n.Pos()).Line
			if r, ok := comments[line]; ok {
				comments[line] = remark{r.text, true}
			}
		}
		return true
	})
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
		if here, ok := s.comments[line]; ok {
			return here.text
		}
		if above, ok := s.comments[line-1]; ok && !above.trailing {
			return above.text
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
