import type { Product, ShopState, Variant } from '../state.ts'
import { gid, instant, moneyNode } from './values.ts'

/** A price of the catalogue is plain text with two digits: "28.00". */
function priceText(cents: number): string {
  return (cents / 100).toFixed(2)
}

/** Stock is not kept here; it only has to be some number that stays the same. */
function stockOf(variant: Variant): number {
  return variant.id % 50
}

export function variantsOf(state: ShopState, product: Product): readonly Variant[] {
  return [...state.variants.values()].filter(({ productId }) => productId === product.id)
}

export function productNode(state: ShopState, product: Product) {
  return {
    __typename: 'Product',
    id: gid('Product', product.id),
    legacyResourceId: String(product.id),
    title: product.title,
    handle: product.title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, ''),
    status: product.status,
    vendor: product.vendor,
    productType: product.productType,
    tags: product.tags,
    descriptionHtml: product.descriptionHtml,
    isGiftCard: false,
    tracksInventory: true,
    publishedAt: product.status === 'ACTIVE' ? instant(product.createdAt) : null,
    createdAt: instant(product.createdAt),
    updatedAt: instant(product.updatedAt),
    hasOnlyDefaultVariant: () => variantsOf(state, product).every(({ title }) => title === 'Default Title'),
    totalInventory: () => variantsOf(state, product).reduce((all, variant) => all + stockOf(variant), 0),
    options: () => [
      {
        __typename: 'ProductOption',
        id: gid('ProductOption', product.id),
        name: 'Title',
        position: 1,
        values: variantsOf(state, product).map(({ title }) => title),
      },
    ],
    variants: () => variantsOf(state, product).map((variant) => variantNode(state, variant)),
  }
}

export function variantNode(state: ShopState, variant: Variant) {
  const product = state.products.get(variant.productId)!
  return {
    __typename: 'ProductVariant',
    id: gid('ProductVariant', variant.id),
    legacyResourceId: String(variant.id),
    title: variant.title,
    displayName: `${product.title} - ${variant.title}`,
    sku: variant.sku,
    barcode: variant.barcode,
    price: priceText(variant.price),
    compareAtPrice: variant.compareAtPrice === null ? null : priceText(variant.compareAtPrice),
    taxable: true,
    position: () => variantsOf(state, product).indexOf(variant) + 1,
    inventoryPolicy: 'DENY',
    inventoryQuantity: stockOf(variant),
    availableForSale: stockOf(variant) > 0,
    sellableOnlineQuantity: stockOf(variant),
    requiresComponents: false,
    selectedOptions: [{ name: 'Title', value: variant.title }],
    inventoryItem: inventoryItemNode(variant),
    product: () => productNode(state, product),
    createdAt: instant(variant.createdAt),
    updatedAt: instant(variant.updatedAt),
  }
}

/** Its number is the variant's. */
export function inventoryItemNode(variant: Variant) {
  return {
    __typename: 'InventoryItem',
    id: gid('InventoryItem', variant.id),
    legacyResourceId: String(variant.id),
    sku: variant.sku,
    tracked: true,
    requiresShipping: true,
    unitCost: variant.cost === null ? null : moneyNode(variant.cost, 'USD'),
    countryCodeOfOrigin: null,
    harmonizedSystemCode: null,
    measurement: {
      __typename: 'InventoryItemMeasurement',
      id: gid('InventoryItemMeasurement', variant.id),
      weight: { value: variant.grams / 1_000, unit: 'KILOGRAMS' },
    },
    createdAt: instant(variant.createdAt),
    updatedAt: instant(variant.updatedAt),
  }
}
