package bot

// choose keeps the language that the learner has chosen, for the next session and for the course page.
func (t *turn) choose(locale string) {
	t.locale, t.listed = locale, &locale
	t.bot.learners.speaks(t.jid, locale)
	t.after = append(t.after, func() { t.bot.learners.speaks(t.jid, locale) }) // whatever was read from the store meanwhile
}

// followLanguage lets the session go on in the language that was chosen on the course page since the last look.
func (t *turn) followLanguage() {
	learner, listed := t.bot.learners.of(t.jid)
	if !listed {
		return
	}
	if t.listed != nil && *t.listed != learner.Locale {
		t.session.Locale = learner.Locale
	}
	t.listed = &learner.Locale
}

// speaks puts a learner's language on the list.
func (l *learners) speaks(jid, locale string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one, listed := l.byJID[jid]; listed {
		one.Locale = locale
		l.byJID[jid] = one
	}
	l.left++
}
