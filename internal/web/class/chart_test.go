package class

import (
	"testing"

	"otrbot/gettext"
	"otrbot/internal/record"
)

func TestChart(t *testing.T) {
	all := []person{
		{Status: absent}, {Status: absent}, {Status: opened},
		{Status: working, Step: record.StepChatting}, {Status: stuck, Step: record.StepChatting}, {Status: stuck, Step: record.StepChatting},
		{Status: working, Step: record.StepChatting},
		{Status: done, Step: record.StepDone}, {Status: done, Step: record.StepDone, Practice: true},
	}
	c := newChart(nil, all, true)
	if c.Learners != 8 || c.Done != 1 || c.Stuck != 2 || len(c.Bars) != 8 || c.Height != 8*barRow {
		t.Errorf("%+v", c)
	}
	for i, want := range []bar{
		{Label: "Has not opened it", Count: 2, X: "0", Width: "25.00%", StuckX: "25.00%"},
		{Label: "Opened the page", Count: 1, X: "0", Width: "12.50%", StuckX: "12.50%"},
		{Label: "Entered a Jabber address", X: "0", Width: "0.00%", StuckX: "0.00%"},
		{Label: "Chats with the bot", Count: 4, Stuck: 2, X: "0", Width: "25.00%", StuckX: "25.00%", StuckWide: "25.00%"},
	} {
		want.TextY, want.BarY = i*barRow+barText, i*barRow+barTop
		if c.Bars[i] != want {
			t.Errorf("got  %+v\nwant %+v", c.Bars[i], want)
		}
	}
	if c := newChart(nil, nil, false); len(c.Bars) != 7 || c.Bars[0].Width != "0.00%" {
		t.Errorf("an empty class: %+v", c)
	}
}

// From right to left the bars grow from the right edge, and those who are stuck are at their left end.
func TestChartFromRightToLeft(t *testing.T) {
	hebrew, err := gettext.NewCatalogue("he", &gettext.File{})
	if err != nil {
		t.Fatal(err)
	}
	all := []person{{Status: stuck, Step: record.StepCode}, {Status: working, Step: record.StepCode}, {Status: working, Step: record.StepCode}, {Status: working, Step: record.StepCode}}
	c := newChart(hebrew, all, false)
	b := c.Bars[5]
	if c.TextX != "100%" || b.X != "25.00%" || b.Width != "75.00%" || b.StuckX != "0.00%" || b.StuckWide != "25.00%" {
		t.Errorf("%s %+v", c.TextX, b)
	}
}
