package extract

import (
	"errors"
	"fmt"
	"strings"
	"text/template/parse"

	"otrbot/gettext"
)

// How templates name their texts: {{.T "message"}}, {{.N "one" "many" count}}, {{.X "context" "message"}}, and the same
// with $ before the dot or after another value in parentheses.
var templateCalls = map[string][]string{
	"T": {"message"},
	"N": {"message", "plural"},
	"X": {"context", "message"},
}

// HTML finds the texts of a file of package html/template, in all templates that it defines. A comment just before,
// {{/* translators: … */}}, goes with the message. The error joins a [*Fault] for each text that is not literal.
func (m *Messages) HTML(name, text string) error {
	s := &templateScan{messages: m, name: name, text: text}
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck | parse.ParseComments
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		return err
	}
	for _, t := range trees {
		if t.Root != nil {
			s.node(t.Root)
		}
	}
	return errors.Join(s.faults...)
}

type templateScan struct {
	messages *Messages
	name     string
	text     string
	faults   []error
}

func (s *templateScan) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, n := range n.Nodes {
				s.node(n)
			}
		}
	case *parse.ActionNode:
		s.pipe(n.Pipe)
	case *parse.TemplateNode:
		s.pipe(n.Pipe)
	case *parse.IfNode:
		s.branch(&n.BranchNode)
	case *parse.RangeNode:
		s.branch(&n.BranchNode)
	case *parse.WithNode:
		s.branch(&n.BranchNode)
	case *parse.PipeNode:
		s.pipe(n)
	case *parse.ChainNode:
		s.node(n.Node)
	}
}

func (s *templateScan) branch(n *parse.BranchNode) {
	s.pipe(n.Pipe)
	s.node(n.List)
	s.node(n.ElseList)
}

func (s *templateScan) pipe(n *parse.PipeNode) {
	if n == nil {
		return
	}
	for i, c := range n.Cmds {
		roles := templateCalls[called(c.Args[0])]
		if roles != nil && (len(c.Args) > 1 || i > 0) { // else it is a field of that name
			s.call(c, roles, i > 0)
		}
		for _, arg := range c.Args {
			s.node(arg)
		}
	}
}

// called is the method that a command calls on the dot, on $ or on a value in parentheses; "" for other things.
func called(n parse.Node) string {
	switch n := n.(type) {
	case *parse.FieldNode:
		if len(n.Ident) == 1 {
			return n.Ident[0]
		}
	case *parse.VariableNode:
		if len(n.Ident) == 2 {
			return n.Ident[1]
		}
	case *parse.ChainNode:
		if len(n.Field) == 1 {
			return n.Field[0]
		}
	}
	return ""
}

// call notes the message of a call, whose literals have roles.
func (s *templateScan) call(c *parse.CommandNode, roles []string, piped bool) {
	var e gettext.Entry
	for i, role := range roles {
		if i+1 >= len(c.Args) {
			why := fmt.Sprintf("the %s is missing after .%s", role, called(c.Args[0]))
			if piped {
				why = fmt.Sprintf("the %s must stand after .%s, not before a stroke", role, called(c.Args[0]))
			}
			s.fault(c, why)
			return
		}
		literal, ok := c.Args[i+1].(*parse.StringNode)
		if !ok {
			s.fault(c.Args[i+1], fmt.Sprintf("the %s must be a literal text, so that it can be translated; %s is none", role, c.Args[i+1]))
			return
		}
		switch role {
		case "message":
			e.ID = literal.Text
		case "plural":
			e.Plural = literal.Text
		case "context":
			e.Context, e.HasContext = literal.Text, true
		}
	}
	if comment := s.commentBefore(c); comment != "" {
		e.Extracted = []string{comment}
	}
	if err := s.messages.add(e, s.place(c)); err != nil {
		s.faults = append(s.faults, err)
	}
}

func (s *templateScan) fault(n parse.Node, problem string) {
	s.faults = append(s.faults, &Fault{s.place(n), problem})
}

func (s *templateScan) place(n parse.Node) Place {
	before := s.text[:min(int(n.Position()), len(s.text))]
	line := strings.Count(before, "\n") + 1
	return Place{s.name, line, len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1}
}

// commentBefore is what the file says to translators right before the line of a call or on it.
func (s *templateScan) commentBefore(n parse.Node) string {
	before := s.text[:min(int(n.Position()), len(s.text))]
	end := strings.LastIndex(before, "*/")
	if end < 0 || strings.Count(before[end:], "\n") > 1 {
		return ""
	}
	start := strings.LastIndex(before[:end], "/*")
	if start < 0 {
		return ""
	}
	text, _ := translatorText(before[start+2 : end])
	return text
}
