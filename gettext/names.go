package gettext

// OwnName is what those who speak a language call it, as in "Nederlands"; the locale itself when it is not known. A
// territory that makes a language another one is named too.
func OwnName(locale string) string {
	if name, ok := ownNames[locale]; ok {
		return name
	}
	return locale
}

var ownNames = map[string]string{
	"ar": "العربية", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά",
	"en": "English", "en_GB": "English", "en_US": "English (US)", "eo": "Esperanto", "es": "Español", "fa": "فارسی",
	"fi": "Suomi", "fr": "Français", "fy": "Frysk", "he": "עברית", "hi": "हिन्दी", "hu": "Magyar", "id": "Indonesia",
	"it": "Italiano", "ja": "日本語", "ko": "한국어", "nb": "Norsk bokmål", "nl": "Nederlands", "pl": "Polski",
	"pt": "Português", "pt_BR": "Português (Brasil)", "pt_PT": "Português (Portugal)", "ro": "Română", "ru": "Русский",
	"sk": "Slovenčina", "sr": "Српски", "sr@latin": "Srpski", "sv": "Svenska", "tr": "Türkçe", "uk": "Українська",
	"vi": "Tiếng Việt", "zh_CN": "简体中文", "zh_TW": "繁體中文",
}
