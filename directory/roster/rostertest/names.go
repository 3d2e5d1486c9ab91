package rostertest

// firstNames and lastNames are common in Dutch and English schools. Their
// accents all decompose, so that an address can be made by dropping them.
var firstNames = []string{
	"Zoë", "Bram", "Noor", "Daan", "Chloë", "Sem", "Fenna", "Lucas", "Renée", "Milan", "Yara", "Finn", "Anaïs", "Levi",
	"Saar", "Thijs", "Maëlle", "Jesse", "Eva", "Noé", "Lotte", "Mees", "Inés", "Ravi", "Emma", "Oliver", "Amelia",
	"George", "Isla", "Harry", "Aisha", "Mohammed", "Fatima", "André", "Zeynep", "Emre", "Soraya", "Kwame", "Siân", "Niamh",
	"Rhys", "Freya", "Desirée", "Joël", "Loïs", "Naïma", "Raphaël", "Thérèse", "Jan Willem", "Anne-Fleur",
}

// lastNames come as middle name (the Dutch "tussenvoegsel") and last name.
var lastNames = [][2]string{
	{"de", "Vries"},
	{"", "Jansen"},
	{"van den", "Berg"},
	{"", "Bakker"},
	{"van", "Dijk"},
	{"", "Visser"},
	{"", "Smit"},
	{"", "Meijer"},
	{"de", "Boer"},
	{"", "Mulder"},
	{"van der", "Linden"},
	{"", "Bos"},
	{"", "Vos"},
	{"", "Peters"},
	{"", "Ünal"},
	{"", "Özdemir"},
	{"", "Şahin"},
	{"", "El Amrani"},
	{"", "Núñez"},
	{"", "Gonçalves"},
	{"", "Smith"},
	{"", "Jones"},
	{"", "O'Connor"},
	{"", "Brontë"},
	{"", "Taylor-Evans"},
	{"", "Ó Briain"},
	{"", "Müller"},
	{"", "Citroën"},
	{"van 't", "Hof"},
	{"", "Nguyễn"},
	{"", "Kowalska"},
	{"ten", "Brink"},
	{"", "Asante"},
	{"", "Prévost"},
}

// schools name the locations.
var schools = []string{
	"De Linde", "Het Kompas", "De Zeeën", "St. Brendan's", "De Regenboog", "Coöperatief College", "Riverside", "De Vuurtoren",
}
