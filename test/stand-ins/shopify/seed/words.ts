/** Names and places as shops have them: accents, other scripts, apostrophes, emoji, very long text. */
export const FIRST = [
  'Mara',
  'Theo',
  'Zoë',
  'Łukasz',
  'Ñandú',
  'Jürgen',
  'Siân',
  "D'Arcy",
  'Anaïs',
  'Øyvind',
  '花子',
  '태민',
  'Inês',
  'Çelik',
  'Ada',
]
export const LAST = [
  'Quill',
  'Ashdown',
  "O'Malley",
  'Müller',
  'Žižek',
  'García',
  '山田',
  '김',
  'van den Berg',
  'Núñez',
  'Lindqvist',
  'Smith-Jones',
  '🐙 Octavia',
  'Ferreira',
  'Dubois',
]
export const STREETS = [
  'Alder Street',
  'Tanners Yard',
  'Straße der Freundschaft',
  'Rue de l’Église',
  '丸の内',
  "O'Connell Street",
]
export const GOODS = [
  'Harbour tee',
  'Dock mug',
  'Gale jacket',
  'Anchor cap',
  'Tide towel',
  'Lantern',
  'Rope belt',
  'Deck shoes',
  'Buoy lamp',
  'Sail bag',
  'Café crème cup',
  '手ぬぐい',
]
export const SIZES = ['S', 'M', 'L', 'XL', 'Blue / M', 'Größe 42']
export const NOTES = [
  'Please leave with the neighbour',
  'Bitte klingeln 🔔',
  "It's a gift, don't include the bill",
  '配達は午後に',
  'Ring twice. '.repeat(400),
]

function place(
  city: string,
  zip: string,
  provinceCode: string | null,
  province: string | null,
  countryCodeV2: string,
  country: string,
) {
  return { city, zip, provinceCode, province, countryCodeV2, country }
}

export const PLACES = [
  place('Oakland', '94607', 'CA', 'California', 'US', 'United States'),
  place('New York', '10001', 'NY', 'New York', 'US', 'United States'),
  place('Leeds', 'LS1 4AP', 'ENG', 'England', 'GB', 'United Kingdom'),
  place('Köln', '50667', null, null, 'DE', 'Germany'),
  place('Gent', '9000', null, null, 'BE', 'Belgium'),
  place('東京', '100-0001', 'JP-13', 'Tokyo', 'JP', 'Japan'),
  place('São Paulo', '01000-000', 'SP', 'São Paulo', 'BR', 'Brazil'),
]
