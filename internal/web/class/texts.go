package class

import "otrbot/gettext"

// stateText is the status in words.
func stateText(in *gettext.Catalogue, p person) string {
	if p.Practice {
		return say(in, "Practice")
	}
	switch p.Status {
	case absent, opened:
		return say(in, "Not started")
	case working:
		return say(in, "At work")
	case stuck:
		return say(in, "Stuck")
	}
	return say(in, "Done")
}

// stepText is how far somebody has come.
func stepText(in *gettext.Catalogue, p person) string {
	if p.Status == absent {
		return say(in, "Has not opened it")
	}
	return in.Text(stepWords(p.Step))
}

// troubleText is what somebody waits for or was stopped by, and what the teacher can do; both empty where nothing is.
func troubleText(in *gettext.Catalogue, p person) (what, do string) {
	var w words
	switch {
	case p.Status == opened && p.Trouble != "":
		w = troubleWords(p.Trouble)
	case p.Status == opened && p.Step != "":
		w = words{"No Jabber address is entered any more.", "Ask the learner to open the course page and to enter the address again."}
	case p.Status == stuck && p.Trouble != "":
		w = troubleWords(p.Trouble)
	case (p.Status == stuck || p.Status == working) && p.Waiting:
		w = waitingWords(p.Status == stuck)
	case p.Status == stuck && p.Ended:
		w = overWords()
	case p.Status == stuck:
		w = quietWords(p.Now)
	}
	return in.Text(w.What), in.Text(w.Do)
}

// filterText names a filter.
func filterText(in *gettext.Catalogue, f filter) string {
	switch f {
	case showNotStarted:
		return say(in, "Not started")
	case showStuck:
		return say(in, "Stuck")
	case showDone:
		return say(in, "Done")
	case showLate:
		return say(in, "Grade not there")
	}
	return say(in, "All")
}
