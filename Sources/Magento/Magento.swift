// Magento
