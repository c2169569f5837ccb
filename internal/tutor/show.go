package tutor

import (
	"fmt"
	"strings"
)

// Show describes an effect in a line, for people: what is said stands behind
// "bot:", "bot!" for urgent or "bot*" for private texts, everything else in
// brackets. Secrets are not shown.
func Show(e Effect) string {
	switch e := e.(type) {
	case Say:
		mark := ":"
		switch {
		case e.Urgent:
			mark = "!"
		case e.Private:
			mark = "*"
		}
		return "bot" + mark + " " + strings.ReplaceAll(e.Text, "\n", "\n     ")
	case StartOTR:
		return "[offers OTR]"
	case EndOTR:
		return "[ends OTR]"
	case StartSMP:
		return "[begins to verify by secret]"
	case AskSMP:
		return fmt.Sprintf("[begins to verify by question: %s]", e.Question)
	case AnswerSMP:
		return "[answers the check]"
	case AbortSMP:
		return "[gives up the check]"
	case ForgetSecret:
		return "[forgets the learner's secret]"
	case Status:
		return "[status: " + e.Text + "]"
	case Grade:
		return fmt.Sprintf("[grade: passed %t]", e.Passed)
	case Judged:
		return fmt.Sprintf("[page: %s%s]", e.Verdict, left(e.Left))
	case Pace:
		return fmt.Sprintf("[typing delays: %t]", e.On)
	case AskVersion:
		return "[asks the program for its name]"
	case Language:
		return "[language: " + e.Locale + "]"
	case Retire:
		return "[session over, status: " + e.Status + "]"
	}
	return fmt.Sprintf("[%T]", e)
}

func left(tries int) string {
	if tries == 0 {
		return ""
	}
	return fmt.Sprintf(", tries left: %d", tries)
}
